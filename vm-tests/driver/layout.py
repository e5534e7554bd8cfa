"""The disk of the appliance, from the definitions in `image/` that every image is made from; other sizes alone are ours."""

import configparser
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import package

IMAGE = Path(__file__).resolve().parent.parent.parent / "image"
FLASHED = IMAGE / "repart.d"
FIRST_BOOT = IMAGE / "first-boot.repart.d"
ESP = "esp"
POLICY = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"
USR = "usr-x86-64"
VERITY = "usr-x86-64-verity"
# What each type is cut down to in a test, in MiB: real sizes would only be zeros.
SIZES = {ESP: 64, POLICY: 64, USR: 192, VERITY: 4}
DROPIN = "50-test-size.conf"
# What systemd-repart would make by itself, for which it needs loop devices or a newer version.
_MADE_HERE = {"format", "verity", "veritymatchkey", "copyfiles"}


@dataclass(frozen=True)
class Definition:
    """One `*.conf` of a folder of definitions."""

    file: str
    keys: dict[str, str]

    @property
    def type(self) -> str:
        """The partition's type, as the definition spells it."""
        return self.keys["Type"]

    def label(self, version: str) -> str:
        """The partition's label in an image of `version`."""
        return self.keys["Label"].replace("%A", version)


@dataclass(frozen=True)
class Partition:
    """A partition that is on the disk."""

    type: str
    label: str
    uuid: str
    offset: int
    size: int


def read(folder: Path) -> list[Definition]:
    """The definitions of a folder, in the order of their partitions."""
    return [_read(path) for path in sorted(folder.glob("*.conf"))]


def sizes(folder: Path, target: Path) -> None:
    """Writes the drop-ins to `target` that give what `folder` defines the sizes of a test."""
    for definition in read(folder):
        if "SizeMaxBytes" not in definition.keys:
            continue
        size = f"{SIZES[definition.type]}M"
        dropin = target / f"{definition.file}.d" / DROPIN
        dropin.parent.mkdir(parents=True)
        dropin.write_text(f"[Partition]\nSizeMinBytes={size}\nSizeMaxBytes={size}\n")


def table_only(definition: Definition, version: str, uuids: Mapping[str, str]) -> str:
    """The text of a definition that makes an empty partition of the same type, label and flags."""
    keys = {key: value for key, value in definition.keys.items() if key.lower() not in _MADE_HERE}
    keys["Label"] = definition.label(version)
    if definition.type in uuids:
        keys["UUID"] = uuids[definition.type]
    return "[Partition]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())


def slot_uuids(root_hash: str) -> dict[str, str]:
    """The UUIDs by which a slot is found again from its root hash alone, by partition type."""
    return {USR: _uuid(root_hash[:32]), VERITY: _uuid(root_hash[32:])}


def create(disk: Path, version: str, root_hash: str) -> list[Partition]:
    """Makes `disk` with the partitions of a flashed image, all of them empty."""
    with tempfile.TemporaryDirectory(prefix="punktfunk-layout-") as scratch:
        folder = Path(scratch)
        for definition in read(FLASHED):
            (folder / definition.file).write_text(table_only(definition, version, slot_uuids(root_hash)))
        sizes(FLASHED, folder)
        said = package.run(
            ["systemd-repart", "--dry-run=no", "--empty=create", "--size=auto", "--json=short", f"--definitions={folder}"]
            # The same disk gets the same UUIDs.
            + [f"--seed={_uuid(root_hash[:32])}", str(disk)]
        )
    return partitions(said)


def partitions(said: str) -> list[Partition]:
    """What systemd-repart's JSON says about the partitions that it made."""
    return [Partition(p["type"], p["label"], p["uuid"], p["offset"], p["raw_size"]) for p in json.loads(said)]


def _read(path: Path) -> Definition:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return Definition(path.name, dict(parser["Partition"]))


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
