import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from driver import appliance, layout, package, uki
from driver.errors import MachineError

TOOLS = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
ROOT_HASH = "0123456789abcdef" * 4
USR_UUID = VERITY_UUID = "01234567-89ab-cdef-0123-456789abcdef"


class TheLayout(unittest.TestCase):
    def test_the_first_boot_finds_what_the_flashed_image_has_and_adds_a_second_slot_and_data(self) -> None:
        flashed = [definition.type for definition in layout.read(layout.FLASHED)]
        grown = [definition.type for definition in layout.read(layout.FIRST_BOOT)]
        self.assertEqual(flashed, [layout.ESP, layout.POLICY, layout.VERITY, layout.USR])
        self.assertEqual(grown, [*flashed, layout.VERITY, layout.USR, "linux-generic"])

    def test_both_slots_are_of_one_size(self) -> None:
        for kind in (layout.USR, layout.VERITY):
            (first,) = [d for d in layout.read(layout.FLASHED) if d.type == kind]
            (second,) = [d for d in layout.read(layout.FIRST_BOOT) if d.type == kind and "Label" in d.keys]
            for key in ("SizeMinBytes", "SizeMaxBytes"):
                self.assertEqual(first.keys[key], second.keys[key], f"{key} of {kind}")

    def test_only_the_data_grows_with_the_disk(self) -> None:
        growing = [d.file for d in layout.read(layout.FIRST_BOOT) if "SizeMaxBytes" not in d.keys and d.keys.get("Weight") != "0"]
        self.assertEqual(growing, ["50-data.conf"])

    def test_only_the_data_goes_in_a_factory_reset(self) -> None:
        for folder in (layout.FLASHED, layout.FIRST_BOOT):
            reset = [d.file for d in layout.read(folder) if d.keys.get("FactoryReset") == "yes"]
            self.assertEqual(reset, ["50-data.conf"] if folder == layout.FIRST_BOOT else [])

    @unittest.skipUnless(shutil.which("mkfs.vfat", path=TOOLS), "mkfs.vfat is not here")
    def test_the_partition_for_the_owner_has_as_many_clusters_as_windows_wants_of_fat32(self) -> None:
        (policy,) = [d for d in layout.read(layout.FLASHED) if d.type == layout.POLICY]
        mib = int(policy.keys["SizeMaxBytes"].removesuffix("M"))
        self.assertEqual(layout.SIZES[layout.POLICY], mib)
        with tempfile.TemporaryDirectory() as folder:
            image = Path(folder) / "fat"
            with open(image, "wb") as raw:
                raw.truncate(mib << 20)
            # the options of systemd-repart
            said = package.run(["mkfs.vfat", "-F", "32", "-v", str(image)])
        clusters = re.search(r"provides (\d+) clusters", said)
        assert clusters is not None, said
        self.assertGreaterEqual(int(clusters[1]), 65525)

    def test_a_label_carries_the_version_and_is_short_enough(self) -> None:
        for definition in layout.read(layout.FLASHED):
            label = definition.label("2026.12.31-rc1")
            self.assertNotIn("%", label)
            self.assertLessEqual(len(label), 36)

    def test_a_slot_s_uuids_are_the_halves_of_its_root_hash(self) -> None:
        uuids = layout.slot_uuids("0" * 32 + "1" * 32)
        self.assertEqual(uuids[layout.USR], "00000000-0000-0000-0000-000000000000")
        self.assertEqual(uuids[layout.VERITY], "11111111-1111-1111-1111-111111111111")

    def test_the_table_alone_is_made_with_the_definition_s_own_names(self) -> None:
        (usr,) = [d for d in layout.read(layout.FLASHED) if d.type == layout.USR]
        text = layout.table_only(usr, "1.2.3", layout.slot_uuids(ROOT_HASH))
        self.assertIn("Label=punktfunk_1.2.3\n", text)
        self.assertIn(f"UUID={USR_UUID}\n", text)
        for key in ("Format", "Verity"):
            self.assertNotIn(key, text)

    @unittest.skipUnless(shutil.which("systemd-repart"), "systemd-repart is not here")
    def test_systemd_makes_the_table_from_them(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            parts = layout.create(Path(folder) / "disk", "1.2.3", ROOT_HASH)
        self.assertEqual(
            [(part.label, part.size >> 20) for part in parts],
            [("esp", 64), ("PUNKTFUNK", 64), ("punktfunk-verity_1.2.3", 4), ("punktfunk_1.2.3", 192)],
        )
        self.assertEqual([part.uuid for part in parts[2:]], [VERITY_UUID, USR_UUID])
        self.assertTrue(all(part.offset % (1 << 20) == 0 for part in parts))


class AUnifiedKernelImage(unittest.TestCase):
    def program(self, *sections: tuple[int, int]) -> bytes:
        header = 0x80
        optional = struct.pack("<H22xQ", 0x20B, 0) + bytes(80)
        coff = b"PE\0\0" + struct.pack("<HH12xHH", 0x8664, len(sections), len(optional), 0)
        table = b"".join(struct.pack("<8sII24x", b".x", size, address) for address, size in sections)
        return bytes(0x3C) + struct.pack("<I", header) + bytes(header - 0x40) + coff + optional + table

    def test_sections_are_put_behind_the_last_one(self) -> None:
        self.assertEqual(uki.image_end(self.program((0x4000, 0x100), (0x9000, 0x34), (0x5000, 0x10))), 0x9034)

    def test_what_is_no_efi_program_is_refused(self) -> None:
        with self.assertRaisesRegex(MachineError, "no 64-bit EFI program"):
            uki.image_end(bytes(0x200))

    def test_the_archive_that_is_added_holds_one_executable_file(self) -> None:
        archive = uki.cpio("init", b"#!/bin/sh\n")
        self.assertEqual(len(archive) % 4, 0)
        self.assertEqual(archive[:6], b"070701")
        self.assertEqual(int(archive[14:22], 16), 0o100755)
        self.assertEqual(int(archive[54:62], 16), 10)
        self.assertIn(b"init\0", archive)
        self.assertTrue(archive.rstrip(b"\0").endswith(b"TRAILER!!!"))


class TheBox(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "root"
        binaries = Path(folder.name) / "bin"
        binaries.mkdir()
        for name in appliance.PROGRAMS:
            shutil.copy("/bin/true", binaries / name)
        (self.root / "usr/lib").mkdir(parents=True)
        appliance.install(self.root, appliance.Contents("1.2.3", binaries, {"etc/extra": b"more"}))

    def test_it_knows_its_version_and_has_what_was_added(self) -> None:
        self.assertIn("IMAGE_VERSION=1.2.3\n", (self.root / "usr/lib/os-release").read_text())
        self.assertEqual((self.root / "etc/extra").read_bytes(), b"more")

    def test_it_brings_no_policy_of_its_own(self) -> None:
        self.assertEqual(list((self.root / "etc/punktfunk").iterdir()), [])

    def test_its_units_are_enabled_as_they_ask_to_be(self) -> None:
        wanted = self.root / "etc/systemd/system"
        self.assertTrue((wanted / "multi-user.target.wants/punktfunk-policy.service").is_symlink())
        self.assertTrue((wanted / "punktfunk.service.requires/etc-punktfunk.mount").is_symlink())
        self.assertTrue((wanted / "boot-complete.target.requires/punktfunk-gate.service").is_symlink())

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not here")
    def test_systemd_has_nothing_to_say_about_its_units(self) -> None:
        units = self.root / "usr/lib/systemd/system"
        for unit in sorted(path.name for folder in appliance.UNITS for path in folder.iterdir()):
            text = (units / unit).read_text()
            for place in ("/usr/bin/", "/usr/libexec/"):
                text = text.replace(f"={place}", f"={self.root}{place}")
            (units / unit).write_text(text)
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", str(units / unit)],
                capture_output=True,
                text=True,
                env={"SYSTEMD_UNIT_PATH": f"{units}:/usr/lib/systemd/system", "PATH": "/usr/bin:/bin"},
            )
            said = [line for line in done.stderr.splitlines() if unit in line or "cycle" in line]
            self.assertEqual(said, [], unit)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not here")
    def test_what_reads_the_partition_that_anybody_writes_is_shut_in(self) -> None:
        for unit in ("punktfunk-policy.service", "punktfunk-reset.service"):
            text = (layout.IMAGE / "units" / unit).read_text()
            self.assertIn("PrivateMounts=yes", text)
            done = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", "--threshold=30", "--no-pager", str(layout.IMAGE / "units" / unit)],
                capture_output=True,
                text=True,
            )
            self.assertEqual(done.returncode, 0, done.stdout[-200:] + done.stderr)

    def test_a_shut_gate_starts_the_box_again_unless_the_gate_says_to_stay(self) -> None:
        def unit(name: str) -> str:
            return (layout.IMAGE / "update/units" / name).read_text()

        self.assertIn("\nOnFailure=punktfunk-gate-shut.service\n", unit("punktfunk-gate.service"))
        self.assertNotIn("FailureAction", unit("punktfunk-gate.service"))
        shut = unit("punktfunk-gate-shut.service")
        self.assertIn("\nConditionPathExists=!/run/punktfunk-update/stay\n", shut)
        self.assertIn("\nSuccessAction=reboot\n", shut)

    def test_scripts_are_understood_by_a_plain_shell(self) -> None:
        for script in [appliance.INIT, *(layout.IMAGE / "bin").iterdir()]:
            subprocess.run(["sh", "-n", script], check=True)
