import os
import tempfile
import unittest
from pathlib import Path

from driver.deadline import Deadline, retry
from driver.workstation import Workstation


class TheWorkstationIsAMachine(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.machine = Workstation("here", self.folder, self.folder / "work", self.folder / "out")
        self.addCleanup(self.machine.end)

    def test_commands_run_in_a_folder_of_their_own(self) -> None:
        self.machine.succeed("echo hello > greeting")
        self.assertEqual((self.folder / "work" / "greeting").read_text(), "hello\n")

    def test_a_command_that_takes_too_long_ends_with_124(self) -> None:
        self.assertEqual(self.machine.execute("sleep 60", timeout=1)[0], 124)

    def test_a_detached_command_ends_with_the_test(self) -> None:
        process = int(self.machine.succeed("sleep 600 > /dev/null 2>&1 & echo $!"))
        os.kill(process, 0)
        self.machine.end()
        stat = Path(f"/proc/{process}/stat")

        def ended() -> bool:
            # Gone, or dead and not yet collected by whoever adopted it.
            return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] in "ZX"

        retry(ended, Deadline(10, "the detached command to end"), pause=0.01)
