import tempfile
import unittest
from pathlib import Path
from unittest import mock

from driver.cuts import PowerCuts
from driver.errors import RequestedAssertionFailed
from driver.record import SECTOR, Write
from driver.slots import Partition

MIB = 1 << 20
LABELS = ("esp", "PUNKTFUNK", "verity a", "usr a", "verity b", "usr b", "data")
TABLE = [Partition(label, "", (1 + number) * MIB, MIB) for number, label in enumerate(LABELS)]
AT = {part.label: part.offset for part in TABLE} | {"table": SECTOR}
# What an update writes, in its order: a phase's name begins it.
UPDATE = {
    "download": ["usr b"] * 6 + ["data"] * 2 + ["usr b"],
    "write": ["verity b"] * 3 + ["esp"] * 3,
    "flip": ["table"] * 4 + ["data"] * 2 + ["esp"] * 2,
    "first start": ["esp"] * 2 + ["data"] * 10,
    "bless": ["data"] * 5 + ["esp"] * 3 + ["data"] * 2,
}


class PointsAreChosen(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.disk = Path(folder.name) / "disk"
        with open(self.disk, "wb") as raw:
            raw.truncate(10 * MIB)
        self.areas = [area for phase in UPDATE.values() for area in phase]

    def phases(self, points: int = 4, areas: list[str] | None = None):
        made = [Write(Path("log"), 0, AT[area], SECTOR, False) for area in areas or self.areas]
        ends = [sum(len(UPDATE[name]) for name in list(UPDATE)[:count]) for count in range(len(UPDATE) + 1)]
        cuts = PowerCuts(mock.Mock(), self.disk, points)
        cuts._record.writes.return_value = made
        with mock.patch("driver.slots.partitions", return_value=TABLE):
            return cuts.phases(begun=0, installed=ends[3], off=ends[3], gate=ends[4], blessed=ends[5]), ends

    def test_each_phase_is_what_was_written_in_it_and_has_as_many_points_as_are_wanted(self) -> None:
        for points in (1, 4):
            found, ends = self.phases(points)
            self.assertEqual(list(found), list(UPDATE))
            for number, (name, phase) in enumerate(found.items()):
                self.assertEqual((len(phase), phase.writes), (points, len(UPDATE[name])), name)
                self.assertTrue(all(ends[number] < cut.after <= ends[number + 1] for cut in phase), (name, phase))

    def test_one_half_is_right_behind_a_write_to_what_is_started(self) -> None:
        found, _ = self.phases()
        for name in ("first start", "bless"):
            self.assertGreaterEqual(sum(self.areas[cut.after - 1] == "esp" for cut in found[name]), 2, name)

    def test_every_second_one_loses_what_was_not_flushed(self) -> None:
        found, _ = self.phases()
        self.assertEqual([cut.lossy for cut in found["flip"]], [False, True, False, True])

    def test_a_write_to_a_slot_that_ran_is_found_wherever_it_was(self) -> None:
        for number, area in ((3, "usr a"), (len(self.areas) - 1, "verity a"), (len(self.areas) - 1, "usr b")):
            areas = [*self.areas]
            areas[number] = area
            with self.subTest(area=area), self.assertRaisesRegex(RequestedAssertionFailed, "went to a slot that ran"):
                self.phases(areas=areas)
