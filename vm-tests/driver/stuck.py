"""An emulator that got stuck: QEMU 7.2 may keep the translation of a place that the guest's kernel has just patched, as it does for a
module or a first network device, and a processor turns there for ever. The guest's own watchdog says so."""

import contextlib
import re
import threading
from collections.abc import Callable, Iterator

# Seconds; a busy machine has held a guest up for half a minute.
TOO_LONG = 90
# Power-ons after the first.
AGAIN = 2
_LOCKUP = re.compile(r"soft lockup - CPU#\d+ stuck for (\d+)s!")


def is_stuck(console: str) -> bool:
    """Whether a guest that has said `console` will say nothing else."""
    return any(int(seconds) >= TOO_LONG for seconds in _LOCKUP.findall(console))


@contextlib.contextmanager
def given_up(console: Callable[[], str], kill: Callable[[], None], every: float = 5.0) -> Iterator[threading.Event]:
    """Ends a guest that gets stuck meanwhile; the event says whether it had to."""
    over, stuck = threading.Event(), threading.Event()

    def look() -> None:
        while not over.wait(every):
            if is_stuck(console()):
                stuck.set()
                kill()
                return

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield stuck
    finally:
        over.set()
        watcher.join()
