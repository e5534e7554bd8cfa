import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from driver import image, package
from driver.errors import MachineError


class ThePackagedFiles(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "root"
        self.binaries = Path(folder.name) / "bin"
        self.binaries.mkdir()
        self.policy = Path(folder.name) / "policy.yaml"
        self.policy.write_text("schema: 1\n")

    def install(self) -> None:
        for name in package.PROGRAMS:
            shutil.copy("/bin/true", self.binaries / name)
        package.install(self.binaries, self.policy, self.root, {"uinput": Path("/bin/true")})

    def test_a_missing_program_is_named_with_the_command_that_makes_it(self) -> None:
        with self.assertRaisesRegex(MachineError, "no punktfunk-host, .*: run `cargo build"):
            package.install(self.binaries, self.policy, self.root, {})

    def test_every_program_that_a_unit_starts_is_installed(self) -> None:
        self.install()
        for unit in filter(lambda unit: unit.endswith(".service"), package.ENABLED):
            text = (self.root / "usr/lib/systemd/system" / unit).read_text()
            starts = [line.split("=", 1)[1].split()[0] for line in text.splitlines() if line.startswith("ExecStart")]
            self.assertTrue(starts)
            for program in starts:
                self.assertTrue(os.access(self.root / program.lstrip("/"), os.X_OK), program)

    def test_any_user_of_the_guest_may_run_the_tests_of_devices(self) -> None:
        self.install()
        self.assertEqual((self.root / package.TESTS / "uinput").stat().st_mode & 0o777, 0o755)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not here")
    def test_systemd_has_nothing_to_say_about_the_units(self) -> None:
        self.install()
        units = self.root / "usr/lib/systemd/system"
        for unit in package.ENABLED:
            # systemd-analyze looks for the programs on this machine, not below the root.
            text = (units / unit).read_text().replace("=/usr/bin/", f"={self.root}/usr/bin/")
            (units / unit).write_text(text)
            # An unknown key is a warning with status 0, so any word is one too many.
            said = _analyze("verify", "--man=no", str(units / unit))
            self.assertEqual(_about(said, unit), "", unit)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not here")
    def test_the_units_are_shut_in(self) -> None:
        for unit, exposure in (("punktfunk.service", 20), ("punktfunk-screen.service", 15)):
            done = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", f"--threshold={exposure}", package.UNITS / unit],
                capture_output=True,
                text=True,
            )
            self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not here")
    def test_the_units_of_the_update_client_are_good_and_shut_in(self) -> None:
        units = package.REPOSITORY / "image" / "update" / "units"
        programs = self.root / "bin"
        programs.mkdir(parents=True)
        for name in ("punktfunk-update", "punktfunk-host"):
            (programs / name).write_text("#!/bin/sh\n")
            (programs / name).chmod(0o755)
        exposure = {"punktfunk-update.service": 20, "punktfunk-gate.service": 20, "punktfunk-update-status.service": 11}
        for unit in sorted(units.iterdir()):
            copy = self.root / unit.name
            copy.write_text(unit.read_text().replace("/usr/bin/", f"{programs}/"))
        for unit in sorted(units.iterdir()):
            said = _analyze("verify", "--man=no", str(self.root / unit.name))
            self.assertEqual(_about(said, unit.name), "", unit.name)
            # One that starts nothing, and only leads to another start, has nothing to be shut in.
            if "\nExecStart=" in unit.read_text():
                threshold = f"--threshold={exposure[unit.name]}"
                done = subprocess.run(
                    ["systemd-analyze", "security", "--offline=true", threshold, unit], capture_output=True, text=True
                )
                self.assertEqual(done.returncode, 0, unit.name + done.stdout[-300:] + done.stderr)

    def test_the_screens_socket_is_there_before_anything_that_is_asked_for_or_asks(self) -> None:
        self.install()
        wants = self.root / "etc/systemd/system/sockets.target.wants"
        self.assertEqual([path.name for path in wants.iterdir()], ["punktfunk-screen.socket"])
        for unit in ("punktfunk.service", "punktfunk-screen.service"):
            self.assertIn("punktfunk-screen.socket", " ".join(_values(unit, "After")).split(), unit)
        self.assertIn("punktfunk-screen.socket", " ".join(_values("punktfunk-screen.service", "Requires")).split())
        # The host's group alone, and no file that the reader could put something else in the place of.
        self.assertEqual(_values("punktfunk-screen.socket", "SocketMode"), ["0660"])
        self.assertEqual(_values("punktfunk-screen.socket", "SocketGroup"), ["punktfunk"])
        self.assertEqual(_values("punktfunk-screen.service", "RuntimeDirectory"), [])

    def test_the_host_goes_first_while_the_machine_starts(self) -> None:
        # Of the units beside it each has 100.
        self.assertGreater(int(_values("punktfunk.service", "StartupCPUWeight")[0]), 1000)
        self.assertEqual(_values("punktfunk.service", "CPUWeight"), [])

    def test_only_the_screen_reader_has_a_capability_and_only_one(self) -> None:
        self.assertEqual(_values("punktfunk.service", "CapabilityBoundingSet"), [""])
        self.assertEqual(_values("punktfunk.service", "AmbientCapabilities"), [""])
        self.assertEqual(_values("punktfunk-screen.service", "CapabilityBoundingSet"), ["CAP_SYS_ADMIN"])
        self.assertEqual(_values("punktfunk-screen.service", "AmbientCapabilities"), ["CAP_SYS_ADMIN"])
        self.assertEqual(_values("punktfunk-screen.service", "PrivateNetwork"), ["yes"])
        self.assertEqual(_values("punktfunk-screen.service", "RestrictAddressFamilies"), ["AF_UNIX"])


class TheRecipe(unittest.TestCase):
    def test_its_fingerprint_follows_names_bytes_modes_and_links(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            recipe = Path(folder)
            seen = {image.fingerprint(recipe)}
            (recipe / "init").write_text("one")
            seen.add(image.fingerprint(recipe))
            (recipe / "init").write_text("two")
            seen.add(image.fingerprint(recipe))
            (recipe / "init").chmod(0o755)
            seen.add(image.fingerprint(recipe))
            (recipe / "init").rename(recipe / "unit")
            seen.add(image.fingerprint(recipe))
            for place in ("nowhere", "elsewhere"):
                (recipe / "link").unlink(missing_ok=True)
                (recipe / "link").symlink_to(place)
                seen.add(image.fingerprint(recipe))
            seen.add(image.fingerprint(recipe, recipe))
        self.assertEqual(len(seen), 8)


def _values(unit: str, key: str) -> list[str]:
    lines = (package.UNITS / unit).read_text().splitlines()
    return [line.split("=", 1)[1] for line in lines if line.startswith(f"{key}=")]


def _analyze(*arguments: str) -> str:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True).stderr


def _about(said: str, unit: str) -> str:
    # The machine's own units may have faults too; those are not ours.
    return "\n".join(line for line in said.splitlines() if unit in line)
