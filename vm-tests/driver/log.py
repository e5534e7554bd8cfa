"""Progress lines with the time since the run began."""

import sys
import time

_BEGAN = time.monotonic()


def log(line: str) -> None:
    """One line on standard error."""
    print(f"[{time.monotonic() - _BEGAN:6.1f}] {line}", file=sys.stderr, flush=True)
