"""What a disk of a box could start, seen from outside: its partitions, its boot entries, and whether their slots are whole."""

import struct
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from . import layout, package
from .errors import MachineError

_SECTOR = 512
_HEADER = struct.Struct("<8s4sII4xQQQQ16sQIII")
_ENTRY = struct.Struct("<16s16sQQQ72s")
ENTRIES = "::EFI/Linux"


@dataclass(frozen=True)
class Partition:
    """A row of the table."""

    label: str
    uuid: str
    offset: int
    size: int


@dataclass(frozen=True)
class Entry:
    """A boot entry: its file name, and what is wrong with what it would start, if anything is."""

    name: str
    fault: str | None

    @property
    def good(self) -> bool:
        """Whether nothing counts its tries."""
        return "+" not in self.name


def partitions(disk: Path) -> list[Partition]:
    """The partition table, from its front or, when that one is torn, from its back, as firmware and kernel do it."""
    with open(disk, "rb") as raw:
        last = raw.seek(0, 2) // _SECTOR - 1
        for place in (1, last):
            raw.seek(place * _SECTOR)
            header = raw.read(_SECTOR)
            signature, _, length, checksum, _, _, _, _, _, first, count, size, entries_sum = _HEADER.unpack_from(header)
            if signature != b"EFI PART" or not _HEADER.size <= length <= _SECTOR or size < _ENTRY.size:
                continue
            if zlib.crc32(header[:16] + bytes(4) + header[20:length]) != checksum:
                continue
            raw.seek(first * _SECTOR)
            rows = raw.read(count * size)
            if zlib.crc32(rows) == entries_sum:
                return [_row(rows, at) for at in range(0, len(rows), size) if rows[at : at + 16] != bytes(16)]
    raise MachineError(f"{disk} has no partition table")


def entries(disk: Path) -> list[Entry]:
    """The boot entries in the order of their names; each slot is read as a whole."""
    table = partitions(disk)
    esp = next(part for part in table if part.label == "esp")
    image = f"{disk}@@{esp.offset}"
    found = []
    with tempfile.TemporaryDirectory(prefix="punktfunk-slots-") as scratch:
        for name in mtools("mdir", "-b", "-i", image, ENTRIES).split():
            name = name.rsplit("/", 1)[-1]
            if name.endswith(".efi"):
                uki = Path(scratch) / "uki"
                mtools("mcopy", "-n", "-o", "-i", image, f"{ENTRIES}/{name}", str(uki))
                found.append(Entry(name, _fault(disk, table, uki.read_bytes(), Path(scratch))))
    return sorted(found, key=lambda entry: entry.name)


def _fault(disk: Path, table: list[Partition], uki: bytes, scratch: Path) -> str | None:
    if not uki:
        return "it is empty"
    try:
        root_hash = _section(uki, b".cmdline").split(b"usrhash=")[1].split()[0].strip(b"\0").decode()
    except (IndexError, struct.error):
        return "it is no boot image with a root hash"
    uuids = layout.slot_uuids(root_hash)
    files = []
    for kind in (layout.USR, layout.VERITY):
        part = next((part for part in table if part.uuid == uuids[kind]), None)
        if part is None:
            return f"no partition has the UUID {uuids[kind]}"
        files.append(scratch / kind)
        copy = ["dd", f"if={disk}", f"of={files[-1]}", "bs=1M", f"skip={part.offset >> 20}", f"count={part.size >> 20}"]
        subprocess.run([*copy, "conv=sparse", "status=none"], check=True)
    try:
        package.run(["veritysetup", "verify", *map(str, files), root_hash])
    except MachineError as error:
        return str(error)
    return None


def _section(program: bytes, wanted: bytes) -> bytes:
    (header,) = struct.unpack_from("<I", program, 0x3C)
    count, optional = struct.unpack_from("<H12xH", program, header + 6)
    for number in range(count):
        at = header + 24 + optional + 40 * number
        name, size, _, _, place = struct.unpack_from("<8sIIII", program, at)
        if name.rstrip(b"\0") == wanted:
            return program[place : place + size]
    raise IndexError(wanted)


def _row(rows: bytes, at: int) -> Partition:
    _, uuid, first, last, _, name = _ENTRY.unpack_from(rows, at)
    start = struct.unpack("<IHH", uuid[:8])
    text = f"{start[0]:08x}-{start[1]:04x}-{start[2]:04x}-{uuid[8:10].hex()}-{uuid[10:].hex()}"
    label = name.decode("utf-16-le").split("\0")[0]
    return Partition(label, text, first * _SECTOR, (last - first + 1) * _SECTOR)


def mtools(*command: str) -> str:
    """Runs a program of mtools; its standard output."""
    return package.run(list(command), {"MTOOLS_SKIP_CHECK": "1"})
