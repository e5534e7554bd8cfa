"""What a flashed box of a scenario needs under the NixOS test driver, whose machines are started by scripts made of Nix.

Such a machine has a folder of its own, and starts from `disk.raw` in it; what is written there by a machine with a `record`
beside it is kept in that.
"""

import subprocess
from pathlib import Path
from typing import Protocol

from . import slots, sysupdate
from .cuts import Cut, PowerCuts
from .record import Record


class Machine(Protocol):
    """One of the NixOS test driver's."""

    state_dir: Path


def disk_of(machine: Machine) -> Path:
    """What the machine starts from."""
    return machine.state_dir / "disk.raw"


def flash(machine: Machine, image: str, mib: int) -> None:
    """Puts the image on a disk of `mib` MiB, which is larger, as every disk is that somebody flashes."""
    disk = disk_of(machine)
    _copy(Path(image), disk)
    # In the store nobody may write to it.
    disk.chmod(0o600)
    size = disk.stat().st_size
    if size > mib << 20:
        raise ValueError(f"an image of {size >> 20} MiB does not fit on a disk of {mib} MiB")
    with open(disk, "r+b") as raw:
        raw.truncate(mib << 20)


def versions_on_disk(machine: Machine, program: str) -> dict[str, bool]:
    """What this systemd-sysupdate finds on the disk of a machine that is off, and whether all of each is there."""
    return sysupdate.versions(disk_of(machine), program)


class Cuts:
    """The power cuts of an update of a machine that was flashed and never on; from here on its writes are recorded."""

    def __init__(self, machine: Machine, points: int) -> None:
        base = machine.state_dir / "flashed.raw"
        _copy(disk_of(machine), base)
        record = Record(base, machine.state_dir / "record")
        self._cuts = PowerCuts(record, disk_of(machine), points)
        self.recorded = self._cuts.recorded
        self.phases = self._cuts.phases

    def leave_disk_at(self, machine: Machine, cut: Cut) -> list[slots.Entry]:
        """Makes the disk of a machine that is off what the power cut left; what could be started from it."""
        return self._cuts.leave_at(disk_of(machine), cut)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", str(source), str(target)], check=True)
