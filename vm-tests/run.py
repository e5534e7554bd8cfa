#!/usr/bin/env python3
"""Runs the scenarios on a guest booted here: `run.py --bin target/debug [SCENARIO…]`."""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from driver import device_tests, image, scenario
from driver.errors import MachineError
from driver.log import log
from driver.stage import SCENARIOS, Stage

ARTEFACTS = Path(__file__).resolve().parent.parent / "target" / "vm-tests"
# Only run when named: scenarios that have not passed every time, that measure and want a quiet machine, or that take long.
UNPROVEN = {"boot_time", "kiosk", "power_cuts", "update"}
# The one that runs the tests of devices at its end.
DEVICES = "trust_loop"
# The one whose guest is made of more.
KIOSK = "kiosk"
# Power cuts in each of the five phases of an update: when their scenario is named, and in a run of all.
CUTS, SOME_CUTS = 4, 1


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
        tests = device_tests.build() if DEVICES in arguments.scenario else {}
        for name in arguments.scenario:
            guest = image.ensure(image.KIOSK if name == KIOSK else None)
            _run(name, guest, arguments, tests, tally)
    except MachineError as error:
        log(f"error: {error}")
        tally.failed += 1
    for failure in tally.failures:
        log(f"failed: {failure}")
    log(f"console, screenshots and pictures: {ARTEFACTS}")
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if tally.failed else 0


def _run(
    name: str, guest: image.Image, arguments: argparse.Namespace, tests: dict[str, Path], tally: scenario.Tally
) -> None:
    out = ARTEFACTS / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    log(f"scenario {name}")
    with tempfile.TemporaryDirectory(prefix="punktfunk-vm-") as scratch:
        stage = Stage(name, guest, arguments.bin, tests, Path(scratch), out, arguments.cuts)
        try:
            with stage.more() as more:
                if not scenario.run(SCENARIOS / f"{name}.py", stage.host, stage.client, stage.address, tally, more):
                    for machine in stage.machines:
                        machine.keep_journal()
        finally:
            stage.end()


def _arguments() -> argparse.Namespace:
    known = sorted(path.stem for path in SCENARIOS.glob("*.py"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=f"of {', '.join(known)}; all but {', '.join(sorted(UNPROVEN))}, when none is named")
    parser.add_argument("--bin", type=Path, required=True, metavar="DIR", help="where the programs are: target/debug")
    arguments = parser.parse_args()
    for unknown in sorted(set(arguments.scenario) - set(known)):
        parser.error(f"there is no scenario {unknown!r}; there are: {', '.join(known)}")
    arguments.cuts = CUTS if arguments.scenario else SOME_CUTS
    arguments.scenario = arguments.scenario or [name for name in known if name not in UNPROVEN]
    return arguments


if __name__ == "__main__":
    sys.exit(main())
