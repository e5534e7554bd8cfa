"""The files that a package of punktfunk would install, as a disk laid over the guest image."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .errors import MachineError

REPOSITORY = Path(__file__).resolve().parent.parent.parent
UNITS = REPOSITORY / "host" / "daemon" / "units"
# Programs of the guest; the client runs outside.
PROGRAMS = ("punktfunk-host", "punktfunk-screen", "punktfunk-painter")
# Where the guest has the tests of devices; no package of punktfunk would bring them.
TESTS = "usr/libexec/punktfunk-tests"
ENABLED = ("punktfunk.service", "punktfunk-screen.service", "punktfunk-screen.socket")


def install(
    binaries: Path,
    policy: Path | None,
    root: Path,
    tests: Mapping[str, Path],
    programs: Sequence[str] = PROGRAMS,
    enabled: Sequence[str] = ENABLED,
) -> None:
    """Lays out the installed tree under `root`; enables the units as a distribution's preset would.

    Without a policy when the machine gets it from somewhere else.
    """
    missing = [name for name in programs if not (binaries / name).is_file()]
    if missing:
        raise MachineError(f"{binaries} has no {', '.join(missing)}: run `cargo build --workspace --bins` first")
    (root / "usr/bin").mkdir(parents=True, exist_ok=True)
    for name in programs:
        _strip(binaries / name, root / "usr/bin" / name)
    if tests:
        (root / TESTS).mkdir(parents=True)
    for name, executable in tests.items():
        _strip(executable, root / TESTS / name)
    places = {
        "punktfunk.service": "usr/lib/systemd/system/punktfunk.service",
        "punktfunk-card.service": "usr/lib/systemd/system/punktfunk-card.service",
        "punktfunk-screen.service": "usr/lib/systemd/system/punktfunk-screen.service",
        "punktfunk-screen.socket": "usr/lib/systemd/system/punktfunk-screen.socket",
        "punktfunk-apps@.service": "usr/lib/systemd/system/punktfunk-apps@.service",
        "70-punktfunk.rules": "usr/lib/udev/rules.d/70-punktfunk.rules",
        "punktfunk.sysusers": "usr/lib/sysusers.d/punktfunk.conf",
        "punktfunk.tmpfiles": "usr/lib/tmpfiles.d/punktfunk.conf",
    }
    for name, place in places.items():
        _copy(UNITS / name, root / place)
    if policy is not None:
        _copy(policy, root / "etc/punktfunk/punktfunk.yaml")
    for unit in enabled:
        enable(root, UNITS / unit)


def enable(root: Path, unit: Path) -> None:
    """What `systemctl enable` would do below `root`, from the unit's own [Install]."""
    for line in unit.read_text().splitlines():
        key, _, value = line.partition("=")
        suffix = {"WantedBy": "wants", "RequiredBy": "requires"}.get(key)
        for target in value.split() if suffix else ():
            folder = root / "etc/systemd/system" / f"{target}.{suffix}"
            folder.mkdir(parents=True, exist_ok=True)
            os.symlink(f"/usr/lib/systemd/system/{unit.name}", folder / unit.name)


def pack(
    binaries: Path,
    policy: Path,
    disk: Path,
    tests: Mapping[str, Path],
    programs: Sequence[str] = PROGRAMS,
    extra: Mapping[str, str] = {},
    enabled: Sequence[str] = ENABLED,
) -> None:
    """Writes the installed tree as a read-only disk image to `disk`, with the texts of `extra` laid over it."""
    with TemporaryDirectory(prefix="punktfunk-package-") as scratch:
        root = Path(scratch) / "root"
        install(binaries, policy, root, tests, programs, enabled)
        for name, text in extra.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        # not compressed, for the reason that customise.sh gives
        run(["mkfs.erofs", "-x-1", "--all-root", "--quiet", str(disk), str(root)])


def data_disk(path: Path, mib: int = 256) -> None:
    """An empty ext4 disk for the guest's state."""
    with open(path, "wb") as disk:
        disk.truncate(mib << 20)
    run(["mkfs.ext4", "-q", "-F", "-L", "data", str(path)])


def run(command: list[str], environment: Mapping[str, str] = {}) -> str:
    """Runs a program of this machine's administrator too; its standard output."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path, **environment})
    if done.returncode != 0:
        raise MachineError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _strip(source: Path, target: Path) -> None:
    # Debug information is most of a program, and the guest reads it through an emulated disk.
    if shutil.which("strip"):
        subprocess.run(["strip", "-o", str(target), str(source)], check=True)
        target.chmod(0o755)
    else:
        shutil.copyfile(source, target)
        target.chmod(0o755)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)
