"""A web server for static files, with ranges, as any web server is that a feed lies on."""

import contextlib
import re
import threading
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
_BLOCK = 1 << 16


class Handler(SimpleHTTPRequestHandler):
    """One request; a single range of a file is answered with that part of it."""

    protocol_version = "HTTP/1.1"
    _left: int | None = None

    def send_head(self) -> IO[bytes] | None:  # type: ignore[override]
        asked = _RANGE.match(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        self._left = None
        if asked is None or not path.is_file():
            return super().send_head()  # type: ignore[return-value]
        size = path.stat().st_size
        first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
        if first > last:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self._left = last - first + 1
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(self._left))
        self.end_headers()
        file = open(path, "rb")
        file.seek(first)
        return file

    def copyfile(self, source: IO[bytes], outputfile: IO[bytes]) -> None:  # type: ignore[override]
        with contextlib.suppress(ConnectionError):
            while block := source.read(_BLOCK if self._left is None else min(_BLOCK, self._left)):
                outputfile.write(block)
                if self._left is not None:
                    self._left -= len(block)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: the box says what it asked for."""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serves `folder` on this machine's loopback address; the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
