import struct
import tempfile
import unittest
import zlib
from pathlib import Path

from driver import slots

SECTORS = 200


def table(name: str, at: int, entries_at: int) -> tuple[bytes, bytes]:
    """A header and its rows: one partition of 10 sectors."""
    uuid = bytes.fromhex("33221100554477668899aabbccddeeff")
    row = struct.pack("<16s16sQQQ72s", b"type", uuid, 40, 49, 0, name.encode("utf-16-le"))
    rows = row.ljust(128 * 128, b"\0")
    fields = (at, SECTORS - at, 34, SECTORS - 34, bytes(16), entries_at, 128, 128, zlib.crc32(rows))
    header = struct.pack("<8s4sII4xQQQQ16sQIII", b"EFI PART", b"\0\0\1\0", 92, 0, *fields)
    return header[:16] + struct.pack("<I", zlib.crc32(header)) + header[20:], rows


def disk(path: Path, front: str, back: str) -> Path:
    image = bytearray(SECTORS * 512)
    for at, entries_at, name in ((1, 2, front), (SECTORS - 1, SECTORS - 33, back)):
        header, rows = table(name, at, entries_at)
        image[at * 512 : at * 512 + len(header)] = header
        image[entries_at * 512 : entries_at * 512 + len(rows)] = rows
    path.write_bytes(image)
    return path


class ATableIsRead(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.disk = disk(Path(folder.name) / "disk", "front", "back")

    def damage(self, at: int) -> None:
        with open(self.disk, "r+b") as raw:
            raw.seek(at)
            raw.write(b"\xee")

    def test_the_one_in_front_counts(self) -> None:
        wanted = slots.Partition("front", "00112233-4455-6677-8899-aabbccddeeff", 40 * 512, 10 * 512)
        self.assertEqual(slots.partitions(self.disk), [wanted])

    def test_one_that_is_torn_anywhere_is_replaced_by_the_one_at_the_back(self) -> None:
        # In the header, and in a row that the header vouches for.
        for at in (512 + 30, 2 * 512 + 60):
            with self.subTest(at=at):
                disk(self.disk, "front", "back")
                self.damage(at)
                self.assertEqual([part.label for part in slots.partitions(self.disk)], ["back"])

    def test_without_either_there_is_no_table(self) -> None:
        self.damage(512 + 30)
        self.damage((SECTORS - 1) * 512 + 30)
        with self.assertRaisesRegex(slots.MachineError, "no partition table"):
            slots.partitions(self.disk)
