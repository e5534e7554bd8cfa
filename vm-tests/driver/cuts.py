"""Where the power may fail during a recorded update, and the disk of a box as it is then."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import slots
from .errors import RequestedAssertionFailed
from .record import SECTOR, Record, Write

# What the table of partitions takes at either end of a disk.
_TABLE = 34 * SECTOR


@dataclass(frozen=True)
class Cut:
    """A power cut after so many writes; `lossy` when the disk's own cache is lost with it."""

    after: int
    lossy: bool

    def __str__(self) -> str:
        return f"after write {self.after}" + (", part of what was not flushed is lost" if self.lossy else "")


class Phase(list[Cut]):
    """The points of a phase of the update; `writes`, how many it has in all."""

    writes = 0


class PowerCuts:
    """Chooses the points of one recorded update of the box on `disk`, `points` of each phase, and makes the disks."""

    def __init__(self, record: Record, disk: Path, points: int) -> None:
        self._record = record
        self._disk = disk
        self._points = points
        self._lock = threading.Lock()
        self._writes: list[Write] = []

    def recorded(self) -> int:
        """How many writes there were so far."""
        return self._record.here()

    def phases(self, begun: int, installed: int, off: int, gate: int, blessed: int) -> dict[str, Phase]:
        """The points of each phase. Fails when anything was written to a slot that ran."""
        self._writes = writes = self._record.writes()
        size = self._disk.stat().st_size
        table = slots.partitions(self._disk)
        esp, verity_a, usr_a, verity_b, usr_b = (table[number] for number in (0, 2, 3, 4, 5))

        def touched(numbers: range, *parts: slots.Partition) -> list[int]:
            return [at for at in numbers if any(writes[at].touches(part.offset, part.size) for part in parts)]

        for numbers, ran in ((range(begun, blessed), (verity_a, usr_a)), (range(installed, blessed), (verity_b, usr_b))):
            if wrong := touched(numbers, *ran):
                raise RequestedAssertionFailed(f"{len(wrong)} writes went to a slot that ran: {writes[wrong[0]]}")
        tables = (slots.Partition("", "", 0, _TABLE), slots.Partition("", "", size - _TABLE, _TABLE))
        filled = touched(range(begun, installed), usr_b, verity_b)
        fetched = touched(range(begun, installed), usr_b)[-1] + 1
        flip = touched(range(filled[-1], installed), *tables)[0]
        spans = {
            "download": range(begun, fetched),
            "write": range(fetched, flip),
            "flip": range(flip, installed),
            "first start": range(off, gate),
            "bless": range(gate, blessed),
        }
        return {
            name: self._chosen(span, touched(span, esp, usr_b, verity_b, *tables)) for name, span in spans.items()
        }

    def leave_at(self, disk: Path, cut: Cut) -> list[slots.Entry]:
        """Makes `disk`, whose machine is off, what the power cut left; what could be started from it."""
        chance = random.Random(cut.after) if cut.lossy else None
        with self._lock:
            self._record.cut(self._writes, cut.after, disk, chance)
        return slots.entries(disk)

    def _chosen(self, span: range, telling: Sequence[int]) -> Phase:
        # One half right behind a write to what is started or started from, the other anywhere.
        halves = (telling or span, self._points - self._points // 2), (span, self._points // 2)
        after = [among[(2 * number + 1) * len(among) // (2 * of)] + 1 for among, of in halves for number in range(of)]
        phase = Phase(Cut(at, number % 2 == 1) for number, at in enumerate(sorted(after)))
        phase.writes = len(span)
        return phase
