"""Runs a scenario: a plain script whose names are the machines and the NixOS test driver's calls."""

import contextlib
import os
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .log import log
from .machine import Machine
from .workstation import Workstation


@dataclass
class Tally:
    """How the parts of the scenarios ended."""

    passed: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def subtest(self, name: str) -> Iterator[None]:
        """A named part of a scenario; a failure ends the scenario."""
        log(f"-- {name}")
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self.failed += 1
            self.failures.append(name)
            log(f"-- FAILED after {time.monotonic() - began:.1f} s: {name}")
            raise
        self.passed += 1
        log(f"-- passed in {time.monotonic() - began:.1f} s: {name}")


def run(
    path: Path, host: Machine, client: Workstation, address: str, tally: Tally, more: Mapping[str, Any] = {}
) -> bool:
    """Runs the scenario at `path`, with `more` names than every scenario has; whether it reached its end."""
    machines: list[Machine | Workstation] = [host, client]

    def start_all() -> None:
        for machine in machines:
            machine.start()

    names: dict[str, Any] = {
        "__name__": "scenario",
        "__file__": str(path),
        "host": host,
        "client": client,
        "machines": machines,
        "address": address,
        "start_all": start_all,
        "subtest": tally.subtest,
        "log": log,
        "os": os,
        **more,
    }
    failed_before = tally.failed
    try:
        exec(compile(path.read_text(), str(path), "exec"), names)
    except Exception:
        for line in traceback.format_exc().splitlines():
            log(line)
        if tally.failed == failed_before:
            tally.failed += 1
            tally.failures.append(path.stem)
        return False
    return True
