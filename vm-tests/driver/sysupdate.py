"""What `systemd-sysupdate list` reads from the disk of a box that is off.

Debian 12 has no systemd-sysupdate, so that of Debian 13 is unpacked, once, beside the guest images.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from . import image, layout, slots
from .errors import MachineError
from .log import log

SUITE = "trixie"
PACKAGE = "systemd-container"
PROGRAM = "/usr/lib/systemd/systemd-sysupdate"
# Where the tree has what it looks at.
_PLACE = "/mnt"


def versions(disk: Path, program: str | None = None) -> dict[str, bool]:
    """The versions on `disk`, by `image/sysupdate.d`, and whether each has all of its parts.

    As `program` says it, where a systemd-sysupdate is installed, else that of Debian.
    """
    with tempfile.TemporaryDirectory(prefix="punktfunk-sysupdate-") as scratch:
        place = Path(scratch)
        inside = _PLACE if program is None else scratch
        where = f"{_PLACE}/disk" if program is None else disk.absolute()
        esp = next(part for part in slots.partitions(disk) if part.label == "esp")
        (place / "esp").mkdir()
        slots.mtools("mcopy", "-s", "-n", "-i", f"{disk}@@{esp.offset}", "::EFI", str(place / "esp"))
        (place / "definitions").mkdir()
        (place / "feed").mkdir()
        for definition in sorted((layout.IMAGE / "sysupdate.d").iterdir()):
            text = definition.read_text().replace("Path=auto", f"Path={where}")
            text = text.replace("Path=/EFI/Linux\nPathRelativeTo=esp", f"Path={inside}/esp/EFI/Linux")
            text = text.replace("Path=/run/punktfunk-feed", f"Path={inside}/feed")
            (place / "definitions" / definition.name).write_text(text)
        if program is None:
            (place / "disk").touch()
            ask = partial(_in_its_tree, _tree(), place, disk)
        else:
            ask = partial(_said, program, f"--definitions={place}/definitions", "--json=short")
        found = json.loads(ask("list"))
        said = {version: json.loads(ask("list", version)) for version in found["all"]}
    return {version: not each.get("incomplete", False) for version, each in said.items()}


def _in_its_tree(tree: Path, place: Path, disk: Path, *arguments: str) -> str:
    """Runs Debian's program in its own tree, with nothing of this machine but what it looks at."""
    mounts = (
        f"mount -t proc proc {tree}/proc && mount --bind {place} {tree}{_PLACE}"
        f" && mount --bind {disk} {tree}{_PLACE}/disk"
    )
    program = f"exec chroot {tree} {PROGRAM} --definitions={_PLACE}/definitions --json=short {' '.join(arguments)}"
    alone = ["unshare", "--mount", "--pid", "--fork", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    return _said(*alone, "sh", "-c", f"{mounts} && {program}")


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise MachineError(f"systemd-sysupdate failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _tree() -> Path:
    tree = image.cache().parent / f"{SUITE}-{PACKAGE}"
    tree.parent.mkdir(parents=True, exist_ok=True)
    with open(tree.parent / f"{tree.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.is_dir():
            log(f"unpacking {PACKAGE} of Debian's {SUITE}")
            building = tree.with_name(f"building-{tree.name}")
            shutil.rmtree(building, ignore_errors=True)
            command = ["mmdebstrap", "--variant=extract", f"--include={PACKAGE}", *image.apt_options(), SUITE, str(building)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise MachineError(f"{SUITE} could not be unpacked: {done.stderr.strip()[-500:]}")
            for place in ("proc", _PLACE[1:]):
                (building / place).mkdir(exist_ok=True)
            os.rename(building, tree)
    return tree
