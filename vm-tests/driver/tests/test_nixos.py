import os
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from driver import nixos
from driver.cuts import Cut
from driver.record import SECTOR
from driver.slots import Partition

from .test_record import entry, filled

NEXT_LOG = Path(nixos.__file__).resolve().parent.parent.parent / "nixos" / "next-log.sh"
MIB = 1 << 20


class ABoxOfTheNixosDriver(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.image = self.folder / "image.raw"
        self.image.write_bytes(filled(".", 8))
        self.image.chmod(0o444)
        self.box, self.other = (self.machine(name) for name in ("box", "other"))
        nixos.flash(self.box, str(self.image), 2)

    def machine(self, name: str) -> SimpleNamespace:
        state = self.folder / f"vm-state-{name}"
        state.mkdir()
        return SimpleNamespace(state_dir=state)

    def on(self, *entries: bytes) -> None:
        """The box is on once, and writes that; its own script makes the log."""
        said = subprocess.run(["sh", NEXT_LOG, "record"], cwd=self.box.state_dir, capture_output=True, text=True, check=True)
        log = self.box.state_dir / said.stdout.strip()
        self.assertEqual(log.read_bytes(), b"")
        log.write_bytes(bytes(SECTOR) + b"".join(entries))

    def test_its_disk_is_the_image_larger_and_can_be_written_though_the_store_cannot(self) -> None:
        disk = nixos.disk_of(self.box)
        self.assertEqual(disk.stat().st_size, 2 * MIB)
        self.assertTrue(disk.stat().st_mode & stat.S_IWUSR)
        self.assertEqual(disk.read_bytes()[: 9 * SECTOR : SECTOR], b"........\0")

    def test_an_image_that_does_not_fit_is_refused(self) -> None:
        os.truncate(self.folder / "vm-state-box" / "disk.raw", 3 * MIB)
        with self.assertRaisesRegex(ValueError, "3 MiB does not fit on a disk of 2 MiB"):
            nixos.flash(self.other, str(nixos.disk_of(self.box)), 2)

    def test_what_it_writes_is_kept_over_all_its_starts_and_put_on_another_as_it_was(self) -> None:
        cuts = nixos.Cuts(self.box, 1)
        self.assertEqual(cuts.recorded(), 0)
        self.on(entry(0, filled("a")))
        self.on(entry(1, filled("b")), entry(0, filled("c")))
        self.assertEqual(cuts.recorded(), 3)
        table = [Partition(name, "", number * SECTOR, SECTOR) for number, name in enumerate(("esp", "", "va", "ua", "vb", "ub"))]
        cuts._cuts._writes = cuts._cuts._record.writes()
        for after, disk in ((1, b"a......."), (2, b"ab......"), (3, b"cb......"), (0, b"........")):
            with mock.patch("driver.slots.entries") as entries, mock.patch("driver.slots.partitions", return_value=table):
                cuts.leave_disk_at(self.other, Cut(after, False))
            entries.assert_called_once_with(nixos.disk_of(self.other))
            self.assertEqual(nixos.disk_of(self.other).read_bytes()[: 8 * SECTOR : SECTOR], disk)

    def test_an_installed_sysupdate_is_asked_about_the_very_disk_and_its_boot_entries(self) -> None:
        program = self.folder / "systemd-sysupdate"
        # It stands for the program's words alone: 1.1.0 lacks a part.
        program.write_text(
            """#!/bin/sh
            grep -h ^Path= "${1#--definitions=}"/*.transfer >> asked
            ls "${1#--definitions=}"/../esp/EFI/Linux >> asked
            case $4 in
                '') echo '{"all": ["1.0.0", "1.1.0"]}' ;;
                1.1.0) echo '{"incomplete": true}' ;;
                *) echo '{}' ;;
            esac
            """.replace("asked", str(self.folder / "asked"))
        )
        program.chmod(0o755)

        def copied(*command: str) -> str:
            (Path(command[-1]) / "EFI" / "Linux").mkdir(parents=True)
            (Path(command[-1]) / "EFI" / "Linux" / "an_entry.efi").touch()
            return ""

        esp = [Partition("esp", "", MIB, MIB)]
        with mock.patch("driver.slots.partitions", return_value=esp), mock.patch("driver.slots.mtools", copied):
            found = nixos.versions_on_disk(self.box, str(program))
        self.assertEqual(found, {"1.0.0": True, "1.1.0": False})
        asked = (self.folder / "asked").read_text().splitlines()
        self.assertIn(f"Path={nixos.disk_of(self.box)}", asked)
        self.assertIn("an_entry.efi", asked)
        self.assertFalse([line for line in asked if line in ("Path=auto", "Path=/EFI/Linux", "Path=/run/punktfunk-feed")])
