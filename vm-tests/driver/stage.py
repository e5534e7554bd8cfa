"""What a scenario plays on: its machines, and the names that it has besides."""

import contextlib
import json
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import appliance, image, package, ports, sysupdate, web
from .cuts import PowerCuts
from .machine import Machine
from .qemu import Box, Forward, Guest, Hardware, Lan
from .record import Record
from .workstation import Workstation

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
# Scenarios whose machine is a flashed box; every other one has the packaged files on a plain guest.
BOXES = frozenset(json.loads((SCENARIOS / "boxes.json").read_text()))
# The one after which the disk is looked at, and the one whose box has its writes recorded.
UPDATE, POWER_CUTS = "update", "power_cuts"
# Those whose box has a version that is still to prove itself, and in how many starts.
TRIES = {"appliance": 3}
# Those that have a feed of newer versions.
FEEDS = frozenset({POWER_CUTS, UPDATE})
# The one with a second guest on a network of the two, each with a client of its own.
NEIGHBOURS = "two_boxes"
# The one that measures against the same guest without a host.
BARE = "boot_time"
# Size of a box's disk in MiB: larger than the image, as every disk is that somebody flashes.
DISK = 1024
VERSION = "1.0.0"
# Where QEMU's user network has this machine.
GATEWAY = "10.0.2.2"
# UDP ports of the guest's sockets that name none, such as a session's video socket.
EPHEMERAL = 8
# The same where the guest fetches from a feed: its TCP connections take theirs from this range too, and hold each for a minute
# after they have ended.
EPHEMERAL_OF_FEEDS = 64

# In place of the address that QEMU's user network would give.
_NETWORK = """[Service]
ExecStart=
ExecStart=/sbin/ip link set eth0 up
ExecStart=/sbin/ip address replace {address} dev eth0
"""


@dataclass
class Stage:
    """The machines of one scenario; `points` are the power cuts of each phase of an update, where there are any."""

    scenario: str
    guest: image.Image
    binaries: Path
    tests: Mapping[str, Path]
    folder: Path
    out: Path
    points: int
    machines: list[Machine] = field(default_factory=list)

    def __post_init__(self) -> None:
        native = ports.free_port(socket.SOCK_DGRAM)
        console = ports.free_port(socket.SOCK_STREAM)
        self.address = f"127.0.0.1:{native}"
        self._lan = ports.free_port(socket.SOCK_DGRAM) if self.scenario == NEIGHBOURS else None
        self._hardware = Hardware(
            system=self._box() if self.scenario in BOXES else self._guest("host", 1),
            forwards=[Forward("udp", native, 9777), Forward("tcp", console, 47990)],
            ephemeral=ports.free_udp_block(EPHEMERAL_OF_FEEDS if self.scenario in FEEDS else EPHEMERAL),
            lan=self._on_lan(1),
        )
        self.host = self._machine("host", self._hardware)
        self.client = Workstation("client", self.binaries, self.folder / "client", self.out)

    @contextlib.contextmanager
    def more(self) -> Iterator[dict[str, Any]]:
        """The names of this scenario that not every one has."""
        names: dict[str, Any] = {}
        with contextlib.ExitStack() as stack:
            if self.scenario in FEEDS:
                names |= stack.enter_context(self._feed())
            if self.scenario == UPDATE:
                names["versions_on_disk"] = lambda: sysupdate.versions(self.folder / "disk.raw")
            if self.scenario == POWER_CUTS:
                names |= self._power_cuts()
            if self.scenario == NEIGHBOURS:
                hardware = Hardware(self._guest("other", 2), lan=self._on_lan(2))
                names["other"] = self._machine("other", hardware)
            if self.scenario == BARE:
                names["bare"] = self._bare()
            yield names

    def end(self) -> None:
        """Switches everything off, and keeps what was said."""
        for machine in self.machines:
            machine.crash()
        self.client.end()
        for machine in self.machines:
            prefix = "" if machine is self.host else f"{machine.name}-"
            for name in ("console.log", "qemu.log"):
                _keep(self.folder / machine.name / name, self.out / f"{prefix}{name}")
        for record in sorted((self.folder / "client").glob("*.*")):
            _keep(record, self.out / "client" / record.name)

    def _machine(self, name: str, hardware: Hardware) -> Machine:
        machine = Machine(name, hardware, self.folder / name, self.out)
        self.machines.append(machine)
        return machine

    def _on_lan(self, number: int) -> Lan | None:
        return None if self._lan is None else Lan(self._lan, number)

    def _guest(self, name: str, number: int) -> Guest:
        files = [self.folder / f"{name}-{kind}" for kind in ("package.erofs", "data.ext4")]
        programs, extra = package.PROGRAMS, {}
        if lan := self._on_lan(number):
            programs = (*programs, "punktfunk-client")
            extra = {"etc/systemd/system/guest-network.service.d/lan.conf": _NETWORK.format(address=lan.address)}
        package.pack(self.binaries, SCENARIOS / f"{self.scenario}.yaml", files[0], self.tests, programs, extra)
        package.data_disk(files[1])
        return Guest(self.guest, *files)

    def _bare(self) -> Machine:
        """The same guest, with the very files and nothing of them enabled."""
        files = [self.folder / f"bare-{kind}" for kind in ("package.erofs", "data.ext4")]
        package.pack(self.binaries, SCENARIOS / f"{self.scenario}.yaml", files[0], {}, enabled=())
        package.data_disk(files[1])
        hardware = Hardware(Guest(self.guest, *files), ephemeral=ports.free_udp_block(EPHEMERAL))
        return self._machine("bare", hardware)

    def _box(self) -> Box:
        flashed = appliance.ensure(self.guest, appliance.Contents(VERSION, self.binaries, {}))
        disk = self.folder / "disk.raw"
        appliance.flash(flashed, disk, SCENARIOS / f"{self.scenario}.yaml", DISK, TRIES.get(self.scenario))
        record = None
        if self.scenario == POWER_CUTS:
            flashed_disk = self.folder / "flashed.raw"
            package.run(["cp", "--sparse=always", "--reflink=auto", str(disk), str(flashed_disk)])
            record = Record(flashed_disk, self.folder / "record")
        return Box(disk, self.folder / "variables.fd", record=record)

    @contextlib.contextmanager
    def _feed(self) -> Iterator[dict[str, Any]]:
        """Newer versions, and where their feed lies."""
        contents = [appliance.Contents(version, self.binaries, extra) for version, extra in appliance.releases().items()]
        built = {each.version: str(appliance.ensure(self.guest, each).usr.parent) for each in contents}
        feed = self.folder / "feed"
        feed.mkdir()
        with web.serving(feed) as port:
            yield {"releases": built, "feed_folder": str(feed), "feed": f"http://{GATEWAY}:{port}/"}

    def _power_cuts(self) -> dict[str, Any]:
        recorded = self._hardware.system
        assert isinstance(recorded, Box) and recorded.record is not None
        cuts = PowerCuts(recorded.record, recorded.disk, self.points)
        boxes = []
        # As many at once as there are processors to emulate them.
        for number in (1, 2):
            system = Box(self.folder / f"cut-{number}.raw", self.folder / f"cut-{number}.fd")
            hardware = Hardware(system, ephemeral=ports.free_udp_block(EPHEMERAL))
            boxes.append(self._machine(f"cut-{number}", hardware))
        return {
            "recorded": cuts.recorded,
            "phases": cuts.phases,
            "leave_disk_at": lambda machine, cut: cuts.leave_at(machine.hardware.system.disk, cut),
            "boxes": boxes,
            "points": self.points,
        }


def _keep(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
