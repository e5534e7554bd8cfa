"""The machine that the tests run on, as one more machine: a client needs no emulation."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from .commands import Commands
from .deadline import DEFAULT


class Workstation(Commands):
    """Runs commands here, in a folder of its own; what they leave running ends with the test."""

    def __init__(self, name: str, binaries: Path, folder: Path, out_dir: Path) -> None:
        self.name = name
        self.out_dir = out_dir
        self._folder = folder
        self._sessions: list[int] = []
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "stderr.log"
        self._environment = {
            **os.environ,
            "PATH": f"{binaries.resolve()}:{os.environ['PATH']}",
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        atexit.register(self.end)

    def execute(
        self, command: str, check_return: bool = True, check_output: bool = True, timeout: int | None = DEFAULT
    ) -> tuple[int, str]:
        """Runs `command` in bash here: (exit status, standard output)."""
        script = ["timeout", "--kill-after=10", str(timeout or DEFAULT), "bash", "-c", f"set -euo pipefail; {command}"]
        with open(self._log, "ab") as errors:
            process = subprocess.Popen(
                script,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if check_output else subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        self._sessions.append(process.pid)
        output, _ = process.communicate()
        return (process.returncode if check_return else -1), (output or b"").decode(errors="replace")

    def start(self, allow_reboot: bool = False) -> None:
        """Nothing: it is on."""

    def shutdown(self) -> None:
        """Ends what the commands left running."""
        self.end()

    def copy_from_vm(self, source: str, target_dir: str = "") -> None:
        """Copies a file of the working folder, or of anywhere, into the test's output folder."""
        folder = self.out_dir / target_dir
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self._folder / source, folder)

    def end(self) -> None:
        """Ends what the commands left running."""
        for session in self._sessions:
            # `timeout` puts what it runs into a process group of its own inside the session.
            for process in _members(session):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        self._sessions.clear()


def _members(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                # Fields after the name, which may hold anything but ends at the last bracket.
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[3]) == session:
                    found.append(int(entry.name))
    return found
