import random
import struct
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from driver import record
from driver.record import SECTOR, Record, Write

FLUSH, DISCARD = 1, 4


def entry(sector: int, data: bytes, flags: int = 0, sectors: int | None = None) -> bytes:
    """One entry as QEMU writes it."""
    count = len(data) // SECTOR if sectors is None else sectors
    return struct.pack("<QQQQ", sector, count, flags, 0).ljust(SECTOR, b"\0") + data


def filled(letter: str, sectors: int = 1) -> bytes:
    return letter.encode() * (SECTOR * sectors)


class WritesAreReplayed(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "base").write_bytes(filled(".", 8))
        self.record = Record(self.folder / "base", self.folder / "record")

    def log(self, *entries: bytes) -> None:
        """The box is on once, and writes that."""
        self.record.switched_on().write_bytes(bytes(SECTOR) + b"".join(entries))

    def disk(self, after: int, chance: random.Random | None = None) -> str:
        """The first letter of each sector after so many writes."""
        self.record.cut(self.record.writes(), after, self.folder / "disk", chance)
        return (self.folder / "disk").read_bytes()[::SECTOR].decode()

    def test_the_disk_is_what_it_was_after_any_write(self) -> None:
        self.log(entry(0, filled("a")), entry(1, filled("b", 2)), entry(0, b"", FLUSH))
        self.log(entry(0, filled("c")))
        self.assertEqual(self.record.here(), 4)
        self.assertEqual([self.disk(after) for after in (0, 1, 2, 3, 4, 1)],
            ["........", "a.......", "abb.....", "abb.....", "cbb.....", "a......."])

    def test_what_was_not_flushed_may_be_lost_and_what_was_is_there(self) -> None:
        self.log(entry(0, filled("a")), entry(0, b"", FLUSH), entry(1, filled("b")), entry(2, filled("c")))
        seen = {self.disk(4, random.Random(seed)) for seed in range(40)}
        self.assertEqual(seen, {"a.......", "ab......", "a.c.....", "abc....."})
        self.assertEqual({self.disk(2, random.Random(seed)) for seed in range(10)}, {"a......."})

    def test_what_is_thrown_away_has_no_data_in_the_log(self) -> None:
        self.log(entry(0, b"", DISCARD, sectors=4), entry(5, filled("a")))
        self.assertEqual(self.disk(2), ".....a..")

    def test_a_write_that_qemu_was_killed_in_the_midst_of_is_left_out(self) -> None:
        whole = entry(0, filled("a"))
        for torn in (entry(1, filled("b", 2))[:-1], bytes(3 * SECTOR), b"\1"):
            with self.subTest(torn=len(torn)):
                log = self.folder / "torn.log"
                log.write_bytes(bytes(SECTOR) + whole + torn)
                self.assertEqual(len(list(record.read(log))), 1)

    def test_a_box_that_was_never_on_wrote_nothing(self) -> None:
        self.record.switched_on()
        self.assertEqual(self.record.writes(), [])

    def test_another_file_is_refused(self) -> None:
        (self.folder / "other.log").write_bytes(b"x" * 2000)
        with self.assertRaisesRegex(record.MachineError, "no record of writes"):
            list(record.read(self.folder / "other.log"))

    def test_a_write_touches_an_area_that_it_overlaps(self) -> None:
        write = Write(mock.sentinel.log, 0, 1000, 500, False)
        self.assertTrue(write.touches(1499, 10) and write.touches(0, 1001) and write.touches(1100, 1))
        self.assertFalse(write.touches(1500, 10) or write.touches(0, 1000))
