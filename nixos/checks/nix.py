"""Nix, kept to a folder of its own: nothing is fetched, nothing is installed, `/nix` is not made."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

EVAL = Path(__file__).resolve().parent / "eval.nix"
# All that there is to compute is small; a minute means that something hangs.
DEADLINE = 60


class Nix:
    """Evaluates and builds attributes of eval.nix."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        # As text: a path would be copied into the store.
        self._arguments = ["--argstr", "programs", str(programs.resolve())]
        configuration = folder / "etc"
        configuration.mkdir(parents=True)
        (configuration / "nix.conf").write_text("build-users-group =\nsubstituters =\nsandbox = false\n")
        self._environment = {
            **os.environ,
            "NIX_CONF_DIR": str(configuration),
            "NIX_STORE_DIR": str(folder / "store"),
            "NIX_STATE_DIR": str(folder / "state"),
            "NIX_LOG_DIR": str(folder / "log"),
            "NIX_REMOTE": "local",
            "HOME": str(folder),
            "NIX_PATH": "",
        }

    def parse(self, files: list[Path]) -> str:
        """What is wrong with the syntax of these files; nothing, when nothing is."""
        done = self._run(["nix-instantiate", "--parse", *map(str, files)])
        return "" if done.returncode == 0 else done.stderr

    def value(self, attribute: str, example: Path | None = None) -> Any:
        """An attribute, evaluated to its depth; about a module in a file, where one is given."""
        about = [] if example is None else ["--arg", "example", str(example)]
        return json.loads(self._require(["nix-instantiate", "--eval", "--strict", "--json", *self._of(attribute), *about]))

    def evaluates(self, attribute: str) -> tuple[bool, str]:
        """Whether an attribute can be evaluated, and what was said."""
        done = self._run(["nix-instantiate", "--eval", "--strict", *self._of(attribute)])
        return done.returncode == 0, done.stderr

    def build(self, attribute: str) -> tuple[list[Path], str]:
        """Builds an attribute: where it is (nowhere, when it failed), and what was said."""
        done = self._run(["nix-build", "--no-out-link", *self._of(attribute)])
        return ([Path(line) for line in done.stdout.split()] if done.returncode == 0 else []), done.stderr

    def _of(self, attribute: str) -> list[str]:
        return [str(EVAL), "-A", attribute, *self._arguments]

    def _require(self, command: list[str]) -> str:
        done = self._run(command)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command[:2])} failed:\n{done.stderr}")
        return done.stdout

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, env=self._environment, timeout=DEADLINE)
