import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from driver.deadline import Deadline, retry
from driver.errors import MachineError
from driver.image import Image
from driver.qemu import Box, Forward, Guest, Hardware, Qemu

ROOT = Path(__file__).resolve().parent.parent.parent
NOWHERE = Path("/nonexistent")
GUEST = Guest(Image(NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE), NOWHERE, NOWHERE)
HARDWARE = Hardware(GUEST, [Forward("udp", 1234, 9777)], range(30000, 30002))

# Starts a stand-in for QEMU, tells its number and waits to be killed.
PARENT = """
import sys, time
from pathlib import Path
from driver.qemu import Qemu
from driver.tests.test_qemu import HARDWARE
Qemu._command = lambda *_: ["sleep", "600"]
qemu = Qemu(HARDWARE, Path(sys.argv[1]), Path(sys.argv[1]), True)
print(qemu._process.pid, flush=True)
time.sleep(600)
"""


class QemuIsAlwaysReaped(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, command: list[str]) -> Qemu:
        with mock.patch.object(Qemu, "_command", return_value=command):
            qemu = Qemu(HARDWARE, self.folder, self.folder, allow_reboot=True)
        self.addCleanup(qemu.kill)
        return qemu

    def test_a_power_cut_ends_it_at_once(self) -> None:
        qemu = self.start(["sleep", "600"])
        qemu.check()
        qemu.kill()
        self.assertFalse(qemu.running())

    def test_one_that_ends_by_itself_is_reported_with_its_last_words(self) -> None:
        qemu = self.start(["sh", "-c", "echo no such device >&2; exit 3"])
        qemu.wait(10)
        with self.assertRaisesRegex(MachineError, "ended with 3: no such device"):
            qemu.check()

    def test_it_dies_with_a_driver_that_is_killed(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(self.folder)], stdout=subprocess.PIPE, env=environment
        )
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        # Until it is the stand-in itself, the kernel has not been asked to end it with its parent.
        comm = Path(f"/proc/{child}/comm")
        retry(lambda: comm.read_text() == "sleep\n", Deadline(30, "the guest to start"), pause=0.01)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
        retry(lambda: not _alive(child), Deadline(10, "the guest to die with its driver"), pause=0.01)


class TheCommandLine(unittest.TestCase):
    def test_ports_are_forwarded_and_the_guest_s_own_ports_are_the_same_outside(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch("subprocess.Popen") as start:
            start.return_value.poll.return_value = 0
            Qemu(HARDWARE, Path(folder), Path(folder), allow_reboot=False).kill()
        command = start.call_args.args[0]
        network = command[command.index("-netdev") + 1]
        for rule in ("udp:127.0.0.1:1234-:9777", "udp:127.0.0.1:30000-:30000", "udp:127.0.0.1:30001-:30001"):
            self.assertIn(f"hostfwd={rule}", network)
        self.assertIn('"sysctl.net.ipv4.ip_local_port_range=30000 30001"', command[command.index("-append") + 1])
        self.assertIn("-no-reboot", command)
        self.assertIn("tcg,thread=multi", command)

    def test_a_box_starts_from_its_disk_by_firmware_that_remembers(self) -> None:
        with tempfile.TemporaryDirectory() as name, mock.patch("subprocess.Popen") as start:
            start.return_value.poll.return_value = 0
            folder = Path(name)
            (folder / "blank").write_text("as shipped")
            box = Box(folder / "disk", folder / "vars", folder / "code", folder / "blank")
            hardware = Hardware(box, [], range(30000, 30002))
            Qemu(hardware, folder, folder, allow_reboot=False).kill()
            command = start.call_args.args[0]
            self.assertNotIn("-kernel", command)
            self.assertIn("virtio-blk-pci,drive=disk,serial=disk,bootindex=0", command)
            self.assertIn(
                "type=11,value=io.systemd.credential:sysctl.extra=net.ipv4.ip_local_port_range=30000 30001", command
            )
            (folder / "vars").write_text("with boot entries")
            Qemu(hardware, folder, folder, allow_reboot=False).kill()
            self.assertEqual((folder / "vars").read_text(), "with boot entries")


def _alive(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False
