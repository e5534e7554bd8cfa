"""The root shell behind the guest's first virtio console, and what is said on it.

The guest prints a greeting and runs bash on a raw terminal. A command goes out as one line, and one
line comes back: a tag that no earlier command used, the standard output in base64, the exit status.
Standard error goes to the guest's serial console.
"""

import base64
import itertools
import math
import shlex
import socket
from typing import Protocol

from .deadline import Deadline
from .errors import DeadlineExceeded, MachineError

GREETING = b"Spawning backdoor root shell..."
# Output of one command, encoded. More than this is a mistake of the scenario.
MAX_OUTPUT = 256 << 20
# Seconds for an answer after the guest's own `timeout` has ended the command.
GRACE = 60


class Stream(Protocol):
    """The part of a socket that the shell needs."""

    def settimeout(self, value: float | None) -> None: ...
    def sendall(self, data: bytes, /) -> None: ...
    def recv(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


class Shell:
    """One conversation with the guest's shell; useless after any exception."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._received = b""
        self._tags = itertools.count(1)

    @staticmethod
    def accept(listener: socket.socket, deadline: Deadline) -> "Shell":
        """Waits for QEMU to connect the console, then for the guest's greeting."""
        listener.settimeout(deadline.left())
        try:
            stream, _ = listener.accept()
        except TimeoutError:
            raise DeadlineExceeded(f"QEMU did not connect the shell ({deadline.what})") from None
        shell = Shell(stream)
        while GREETING not in shell._line(deadline):
            pass
        return shell

    def execute(self, command: str, timeout: float, check_output: bool = True) -> tuple[int, str]:
        """Runs `command` under bash's `set -euo pipefail`: (exit status, standard output).

        124 is the status of a command that the guest ended after `timeout` seconds.
        """
        tag = f"answer-{next(self._tags)}"
        script = shlex.quote(f"set -euo pipefail; {command}")
        sink = "base64 -w 0" if check_output else "cat > /dev/null"
        seconds = max(1, math.ceil(timeout))
        line = (
            f"printf '\\n{tag} '; timeout --kill-after=10 {seconds} bash -c {script} < /dev/null 2> /dev/ttyS0 | {sink};"
            " printf ' %s\\n' \"${PIPESTATUS[0]}\"\n"
        )
        deadline = Deadline(seconds + GRACE, f"the end of: {command}")
        self._stream.settimeout(deadline.left())
        self._stream.sendall(line.encode())
        while True:
            answer = self._line(deadline).split(b" ")
            if answer[0] == tag.encode() and len(answer) == 3:
                return int(answer[2]), base64.b64decode(answer[1]).decode(errors="replace")

    def send(self, line: str) -> None:
        """Types a line and waits for nothing."""
        self._stream.settimeout(GRACE)
        self._stream.sendall(line.encode() + b"\n")

    def close(self) -> None:
        """Leaves the guest's shell as it is."""
        self._stream.close()

    def _line(self, deadline: Deadline) -> bytes:
        while b"\n" not in self._received:
            self._stream.settimeout(deadline.left())
            try:
                chunk = self._stream.recv(1 << 16)
            except TimeoutError:
                raise DeadlineExceeded(f"waited {deadline.seconds:.0f} s for {deadline.what}") from None
            if not chunk:
                raise MachineError(f"the guest went away while it was waited for {deadline.what}")
            self._received += chunk
            if len(self._received) > MAX_OUTPUT:
                raise MachineError(f"more than {MAX_OUTPUT >> 20} MiB of output while waiting for {deadline.what}")
        line, self._received = self._received.split(b"\n", 1)
        return line.rstrip(b"\r")
