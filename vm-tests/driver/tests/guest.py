"""Stand-ins for the far ends: a shell that is this machine's bash, a monitor with fixed answers."""

import json
import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from driver.shell import GREETING


class LocalGuest:
    """The guest's end of the shell, played by bash on this machine over a socket pair.

    The serial console becomes a file, since no machine here may write to a real one.
    """

    def __init__(self, folder: Path) -> None:
        self.console = folder / "console.log"
        self.driver, guest = socket.socketpair()
        guest.sendall(b"firmware noise\r\n" + GREETING + b"\n")
        self._guest = guest
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with self._guest, self._guest.makefile("rb") as lines:
            for line in lines:
                script = line.decode().replace("/dev/ttyS0", str(self.console))
                answer = subprocess.run(["bash", "-c", script], capture_output=True).stdout
                try:
                    self._guest.sendall(answer)
                except OSError:
                    return

    def close(self) -> None:
        self.driver.close()
        self._thread.join(5)


class MonitorStub:
    """QEMU's end of the control socket: greets, then answers from a table, events in between."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.path = os.path.join(tempfile.mkdtemp(), "monitor.sock")
        self.seen: list[dict[str, Any]] = []
        self._answers = answers
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        stream, _ = self._listener.accept()
        with stream, stream.makefile("rwb") as lines:

            def say(message: dict[str, Any]) -> None:
                lines.write(json.dumps(message).encode() + b"\n")
                lines.flush()

            say({"QMP": {}})
            for line in lines:
                request = json.loads(line)
                self.seen.append(request)
                say({"event": "SOMETHING_ELSE"})
                say(self._answers.get(request["execute"], {"return": {}}))

    def close(self) -> None:
        self._listener.close()
        os.unlink(self.path)
        os.rmdir(os.path.dirname(self.path))
