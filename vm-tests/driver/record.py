"""Every write of a box to its disk in turn, and from it the disk as a power cut after any of them would leave it.

QEMU's `blklogwrites` keeps the record, in the kernel's format of dm-log-writes: one file for each time that the box was on.
"""

import os
import random
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import MachineError

SECTOR = 512
_MAGIC = 0x6A736677736872
_FLUSH, _DISCARD, _MARK = 1, 4, 8
_HEADER = struct.Struct("<QQQQ")
# Bytes that are copied at once.
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Write:
    """One request that the disk got; lengths and places are bytes."""

    log: Path
    # Where the data are in the log; None of what is thrown away.
    data: int | None
    offset: int
    length: int
    # Whether everything before it is on the disk to stay.
    flush: bool

    def touches(self, start: int, size: int) -> bool:
        """Whether it changes anything of that area."""
        return self.offset < start + size and start < self.offset + self.length


class Record:
    """What was written to a disk since it was `base`; a new log for each `switched_on`."""

    def __init__(self, base: Path, folder: Path) -> None:
        self._base = base
        self._folder = folder
        self._rolled = folder / "rolled.raw"
        self._at = 0
        folder.mkdir(parents=True)

    def switched_on(self) -> Path:
        """The log of the next time that the box is on."""
        log = self._folder / f"{len(self._logs()):03}.log"
        log.touch()
        return log

    def writes(self) -> list[Write]:
        """All of them so far."""
        return [write for log in self._logs() for write in read(log)]

    def here(self) -> int:
        """How many there are so far."""
        return len(self.writes())

    def cut(self, writes: Sequence[Write], after: int, target: Path, chance: random.Random | None = None) -> None:
        """Makes `target` the disk after so many writes.

        With `chance`, any of those that were not flushed may be missing, as a disk with a cache of its own may do it.
        """
        lasting = after
        if chance is not None:
            lasting = max((number for number in range(after + 1) if number == 0 or writes[number - 1].flush))
        self._roll(writes, lasting)
        subprocess.run(["cp", "--sparse=always", "--reflink=auto", str(self._rolled), str(target)], check=True)
        with open(target, "r+b") as disk:
            for write in writes[lasting:after]:
                if chance is None or chance.random() < 0.5:
                    _apply(write, disk.fileno())

    def _roll(self, writes: Sequence[Write], to: int) -> None:
        if self._at > to or not self._rolled.exists():
            subprocess.run(["cp", "--sparse=always", "--reflink=auto", str(self._base), str(self._rolled)], check=True)
            self._at = 0
        with open(self._rolled, "r+b") as disk:
            for write in writes[self._at : to]:
                _apply(write, disk.fileno())
        self._at = to

    def _logs(self) -> list[Path]:
        return sorted(self._folder.glob("*.log"))


def read(log: Path) -> Iterator[Write]:
    """The writes of one log, in order; one that QEMU was killed in the midst of is left out."""
    size = log.stat().st_size
    with open(log, "rb") as file:
        head = file.read(SECTOR)
        if size <= SECTOR:
            return
        # The first sector is written at the first flush.
        if head[:8] not in (bytes(8), struct.pack("<Q", _MAGIC)):
            raise MachineError(f"{log} is no record of writes")
        at = SECTOR
        while at + SECTOR <= size:
            file.seek(at)
            sector, sectors, flags, _ = _HEADER.unpack(file.read(_HEADER.size))
            data, length = at + SECTOR, sectors * SECTOR
            if sectors == 0 and flags == 0:
                return
            at = data + (0 if flags & (_DISCARD | _MARK) else length)
            if at > size:
                return
            if not flags & _MARK:
                yield Write(log, None if flags & _DISCARD else data, sector * SECTOR, length, bool(flags & _FLUSH))


def _apply(write: Write, disk: int) -> None:
    # What is thrown away may be anything afterwards; that it is what it was is as good as any.
    if write.data is None or write.length == 0:
        return
    with open(write.log, "rb") as log:
        for start in range(0, write.length, _BLOCK):
            length = min(_BLOCK, write.length - start)
            block = os.pread(log.fileno(), length, write.data + start)
            if len(block) != length:
                raise MachineError(f"{write.log} ends in the midst of a write")
            # Zeros over a hole leave it one.
            if os.pread(disk, length, write.offset + start) != block:
                os.pwrite(disk, block, write.offset + start)
