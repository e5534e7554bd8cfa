"""The Rust tests that need a kernel's devices to themselves; everywhere but in a guest they are ignored."""

import json
import subprocess
from pathlib import Path

from .errors import MachineError
from .log import log
from .package import REPOSITORY

# Names of the test targets, `tests/NAME.rs` of any crate.
TARGETS = ("screen", "uinput")


def build() -> dict[str, Path]:
    """Compiles them, or finds them compiled: their executables by name."""
    targets = [word for name in TARGETS for word in ("--test", name)]
    # The whole workspace, so that no crate is built a second time with other features.
    command = ["cargo", "test", "--locked", "--quiet", "--workspace", *targets, "--no-run", "--message-format=json"]
    log("building the tests of devices")
    try:
        done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    except FileNotFoundError as error:
        raise MachineError("cargo is not here: run `./dev setup` first") from error
    if done.returncode != 0:
        raise MachineError("the tests of devices do not compile; the compiler has said why")
    found = executables(done.stdout)
    missing = [name for name in TARGETS if name not in found]
    if missing:
        raise MachineError(f"cargo built no test called {', '.join(missing)}: is it still in the workspace?")
    return found


def executables(messages: str) -> dict[str, Path]:
    """What cargo's messages, one JSON object a line, say about the executables of tests."""
    read = [json.loads(line) for line in messages.splitlines() if line.startswith("{")]
    return {
        message["target"]["name"]: Path(message["executable"])
        for message in read
        if message.get("executable") and message["profile"]["test"]
    }
