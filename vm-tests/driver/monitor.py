"""QEMU's control socket (QMP): screens, keys, cables, power."""

import json
import socket
from typing import Any

from .deadline import Deadline, retry
from .errors import DeadlineExceeded, MachineError

# Seconds for one command.
PATIENCE = 60


class Monitor:
    """A QMP session."""

    def __init__(self, path: str, deadline: Deadline) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            retry(lambda: self._connect(path), deadline, pause=0.05)
        except DeadlineExceeded:
            self.close()
            raise
        self._reader = self._socket.makefile("rb")
        self._read(Deadline(PATIENCE, "the monitor's greeting"))
        self.command("qmp_capabilities")

    def command(self, name: str, /, **arguments: Any) -> Any:
        """Runs a QMP command and returns its result; an error of QEMU's is a `MachineError`."""
        deadline = Deadline(PATIENCE, f"the monitor's answer to {name}")
        message = {"execute": name, "arguments": arguments}
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise MachineError(f"QEMU is gone: {error}") from error
        while True:
            answer = self._read(deadline)
            if "error" in answer:
                raise MachineError(f"QEMU refused {name}: {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

    def human(self, line: str) -> str:
        """Runs a command of the human monitor; its text."""
        return str(self.command("human-monitor-command", **{"command-line": line}))

    def close(self) -> None:
        """Ends the session; QEMU goes on."""
        self._socket.close()

    def _connect(self, path: str) -> bool:
        try:
            self._socket.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def _read(self, deadline: Deadline) -> dict[str, Any]:
        self._socket.settimeout(deadline.left())
        try:
            line = self._reader.readline()
        except TimeoutError:
            raise DeadlineExceeded(f"waited {deadline.seconds:.0f} s for {deadline.what}") from None
        if not line:
            raise MachineError(f"QEMU went away before {deadline.what}")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer
