#!/usr/bin/env python3
"""Runs the scenarios on a guest booted here: `run.py --bin target/debug [SCENARIO…]`."""

import argparse
import contextlib
import json
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from driver import appliance, device_tests, image, package, ports, scenario, web
from driver.errors import MachineError
from driver.log import log
from driver.machine import Machine
from driver.qemu import Box, Forward, Guest, Hardware
from driver.workstation import Workstation

HERE = Path(__file__).resolve().parent
ARTEFACTS = HERE.parent / "target" / "vm-tests"
# Scenarios whose machine is a flashed box; every other one has the packaged files on a plain guest.
BOXES = set(json.loads((HERE / "scenarios" / "boxes.json").read_text()))
# Only run when named: long scenarios that have passed only once so far.
UNPROVEN = {"update"}
# Size of a box's disk in MiB: larger than the image, as every disk is that somebody flashes.
DISK = 1024
VERSION = "1.0.0"
# The scenario that has a feed of newer versions.
UPDATE = "update"
# Where QEMU's user network has this machine.
GATEWAY = "10.0.2.2"
# UDP ports of the guest's sockets that name none, such as a session's video socket.
EPHEMERAL = 8


def main() -> int:
    """Exit status: 0 when every scenario passed."""
    arguments = _arguments()
    # So that a stopped run takes its guests along.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    tally = scenario.Tally()
    try:
        image.require_tools()
        tests = device_tests.build() if set(arguments.scenario) - BOXES else {}
        guest = image.ensure()
        for name in arguments.scenario:
            _run(name, guest, arguments.bin, tests, tally)
    except MachineError as error:
        log(f"error: {error}")
        tally.failed += 1
    for failure in tally.failures:
        log(f"failed: {failure}")
    log(f"console, screenshots and pictures: {ARTEFACTS}")
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if tally.failed else 0


def _run(
    name: str, guest: image.Image, binaries: Path, tests: dict[str, Path], tally: scenario.Tally
) -> None:
    out = ARTEFACTS / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    log(f"scenario {name}")
    with tempfile.TemporaryDirectory(prefix="punktfunk-vm-") as scratch:
        folder = Path(scratch)
        native = ports.free_port(socket.SOCK_DGRAM)
        console = ports.free_port(socket.SOCK_STREAM)
        hardware = Hardware(
            system=_box(name, guest, binaries, folder) if name in BOXES else _guest(name, guest, binaries, folder, tests),
            forwards=[Forward("udp", native, 9777), Forward("tcp", console, 47990)],
            ephemeral=ports.free_udp_block(EPHEMERAL),
        )
        host = Machine("host", hardware, folder / "host", out)
        client = Workstation("client", binaries, folder / "client", out)
        path = HERE / "scenarios" / f"{name}.py"
        try:
            with _feed(name, guest, binaries, folder) as more:
                if not scenario.run(path, host, client, f"127.0.0.1:{native}", tally, more):
                    host.keep_journal()
        finally:
            host.crash()
            client.end()
            for log_file in ("console.log", "qemu.log"):
                _keep(folder / "host" / log_file, out / log_file)
            for record in sorted((folder / "client").glob("*.*")):
                _keep(record, out / "client" / record.name)


def _guest(name: str, guest: image.Image, binaries: Path, folder: Path, tests: dict[str, Path]) -> Guest:
    package.pack(binaries, HERE / "scenarios" / f"{name}.yaml", folder / "package.erofs", tests)
    package.data_disk(folder / "data.ext4")
    return Guest(guest, folder / "package.erofs", folder / "data.ext4")


def _box(name: str, guest: image.Image, binaries: Path, folder: Path) -> Box:
    flashed = appliance.ensure(guest, appliance.Contents(VERSION, binaries, {}))
    appliance.flash(flashed, folder / "disk.raw", HERE / "scenarios" / f"{name}.yaml", DISK)
    return Box(folder / "disk.raw", folder / "variables.fd")


@contextlib.contextmanager
def _feed(name: str, guest: image.Image, binaries: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """The names that a scenario about updates has besides: newer versions, and where their feed lies."""
    if name != UPDATE:
        yield {}
        return
    contents = [appliance.Contents(version, binaries, extra) for version, extra in appliance.releases().items()]
    built = {each.version: str(appliance.ensure(guest, each).usr.parent) for each in contents}
    feed = folder / "feed"
    feed.mkdir()
    with web.serving(feed) as port:
        yield {"releases": built, "feed_folder": str(feed), "feed": f"http://{GATEWAY}:{port}/"}


def _keep(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)


def _arguments() -> argparse.Namespace:
    known = sorted(path.stem for path in (HERE / "scenarios").glob("*.py"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=f"of {', '.join(known)}; all but {', '.join(sorted(UNPROVEN))}, when none is named")
    parser.add_argument("--bin", type=Path, required=True, metavar="DIR", help="where the programs are: target/debug")
    arguments = parser.parse_args()
    for unknown in sorted(set(arguments.scenario) - set(known)):
        parser.error(f"there is no scenario {unknown!r}; there are: {', '.join(known)}")
    arguments.scenario = arguments.scenario or [name for name in known if name not in UNPROVEN]
    return arguments


if __name__ == "__main__":
    sys.exit(main())
