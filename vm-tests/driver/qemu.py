"""One QEMU process: its command line, its sockets and its end."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .errors import MachineError
from .image import ONE_PROCESSOR, Image
from .record import Record

# What the firmware starts from.
_FIRST = ",bootindex=0"


@dataclass(frozen=True)
class Forward:
    """A port of this machine's loopback address that reaches a port of the guest."""

    protocol: str
    outside: int
    inside: int


@dataclass(frozen=True)
class Guest:
    """A system that QEMU starts by itself: the plain guest image, the packaged files over it, a disk for its state."""

    image: Image
    package: Path
    data: Path


@dataclass(frozen=True)
class Box:
    """A system that starts as a PC does: its firmware, what the firmware remembers, and the disk it boots from."""

    disk: Path
    variables: Path
    firmware: Path = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
    blank: Path = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
    # Keeps every write to the disk.
    record: Record | None = None


@dataclass(frozen=True)
class Lan:
    """A network of guests alone: its name is a port of this machine, `number` the place of a guest on it."""

    port: int
    number: int

    @property
    def address(self) -> str:
        """The guest's address, with the width of the network."""
        return f"192.168.77.{self.number}/24"


@dataclass(frozen=True)
class Hardware:
    """What the guest is made of."""

    system: Guest | Box
    forwards: list[Forward] = field(default_factory=list)
    # Ports that the guest gives to sockets that ask for none; these are forwarded unchanged.
    ephemeral: range = range(40000, 40008)
    memory_mib: int = 1024
    processors: int = 2
    screen: tuple[int, int] = (640, 480)
    # With other guests on one network, in place of the way in from this machine.
    lan: Lan | None = None


class Qemu:
    """A running guest. Nothing outlives this object's `kill`, this process, or its sudden death."""

    def __init__(self, hardware: Hardware, folder: Path, shared: Path, allow_reboot: bool) -> None:
        self._listener_path = folder / "shell.sock"
        self.monitor_path = folder / "monitor.sock"
        for path in (self._listener_path, self.monitor_path):
            path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self._listener_path))
        self.listener.listen(1)
        if isinstance(hardware.system, Box) and not hardware.system.variables.exists():
            # A private copy, which outlives a power cut as the flash chip of a PC does.
            shutil.copyfile(hardware.system.blank, hardware.system.variables)
        self.log = folder / "qemu.log"
        self.console = folder / "console.log"
        command = self._command(hardware, shared)
        if not allow_reboot:
            command.append("-no-reboot")
        with open(self.log, "ab") as output:
            self._process = subprocess.Popen(
                # QEMU dies with this process even when that is killed.
                ["setpriv", "--pdeathsig", "KILL", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        atexit.register(self.kill)

    def running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def check(self) -> None:
        """Raises with QEMU's last words when it has ended."""
        if not self.running():
            raise MachineError(f"QEMU ended with {self._process.returncode}: {_tail(self.log)}")

    def wait(self, seconds: float) -> None:
        """Waits for the process to end by itself."""
        self._process.wait(seconds)

    def kill(self) -> None:
        """A power cut: what the guest had not flushed to its disk is lost."""
        atexit.unregister(self.kill)
        if self.running():
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.listener.close()

    def _command(self, hardware: Hardware, shared: Path) -> list[str]:
        width, height = hardware.screen
        ephemeral = hardware.ephemeral
        forwards = [*hardware.forwards, *(Forward("udp", port, port) for port in ephemeral)]
        network = "user,id=net" + "".join(
            f",hostfwd={forward.protocol}:127.0.0.1:{forward.outside}-:{forward.inside}" for forward in forwards
        )
        mac = ""
        if hardware.lan is not None:
            network = f"socket,id=net,mcast=230.77.0.1:{hardware.lan.port},localaddr=127.0.0.1"
            mac = f",mac=52:54:00:77:00:{hardware.lan.number:02x}"
        return [
            "qemu-system-x86_64",
            *("-nodefaults", "-no-user-config", "-display", "none"),
            # Emulation everywhere: where virtualisation is offered, it is not always usable.
            *("-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "Haswell"),
            *("-smp", str(hardware.processors), "-m", str(hardware.memory_mib)),
            *("-chardev", f"file,id=serial,path={self.console},append=on", "-serial", "chardev:serial"),
            *("-device", "virtio-serial-pci", "-chardev", f"socket,id=shell,path={self._listener_path}"),
            *("-device", "virtconsole,chardev=shell"),
            *("-qmp", f"unix:{self.monitor_path},server=on,wait=off"),
            *_started(hardware.system, ephemeral),
            *("-fsdev", f"local,id=shared,path={shared},security_model=none"),
            *("-device", "virtio-9p-pci,fsdev=shared,mount_tag=shared"),
            *("-device", "virtio-rng-pci"),
            *("-device", f"virtio-gpu-pci,xres={width},yres={height}"),
            *("-netdev", network, "-device", f"virtio-net-pci,netdev=net,id=cable{mac}"),
        ]


def _started(system: Guest | Box, ephemeral: range) -> list[str]:
    range_of_ports = f"net.ipv4.ip_local_port_range={ephemeral.start} {ephemeral.stop - 1}"
    if isinstance(system, Box):
        return [
            *("-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={system.firmware}"),
            *("-drive", f"if=pflash,unit=1,format=raw,file={system.variables}"),
            *(_recorded(system.disk, system.record) if system.record else _disk("disk", system.disk, "cache=writeback", _FIRST)),
            # The command line is part of the image; systemd takes this credential from the firmware's tables.
            *("-smbios", f"type=11,value=io.systemd.credential:sysctl.extra={range_of_ports}"),
        ]
    kernel = (
        f"console=ttyS0 {ONE_PROCESSOR} quiet panic=-1 mitigations=off norandmaps nokaslr audit=0 apparmor=0 selinux=0"
        f' random.trust_cpu=on net.ifnames=0 systemd.show_status=0 "sysctl.{range_of_ports}"'
    )
    return [
        *("-kernel", str(system.image.kernel), "-initrd", str(system.image.initramfs), "-append", kernel),
        *_disk("base", system.image.base, "readonly=on"),
        *_disk("package", system.package, "readonly=on"),
        *_disk("data", system.data, "cache=writeback"),
    ]


def _disk(name: str, path: Path, options: str, device: str = "") -> list[str]:
    return [
        *("-drive", f"if=none,id={name},file={path},format=raw,{options}"),
        *("-device", f"virtio-blk-pci,drive={name},serial={name}{device}"),
    ]


def _recorded(disk: Path, record: Record) -> list[str]:
    place = f"file.driver=raw,file.file.driver=file,file.file.filename={disk}"
    log = f"log.driver=file,log.filename={record.switched_on()}"
    return [
        *("-drive", f"if=none,id=disk,driver=blklogwrites,{place},{log},cache=writeback"),
        *("-device", f"virtio-blk-pci,drive=disk,serial=disk{_FIRST}"),
    ]


def _tail(path: Path) -> str:
    return " | ".join(path.read_text(errors="replace").splitlines()[-5:]) or "it said nothing"
