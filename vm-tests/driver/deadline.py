"""Every call that waits carries one of these."""

import time
from collections.abc import Callable

from .errors import DeadlineExceeded

# Seconds a call may take when the scenario does not say, as in the NixOS test driver.
DEFAULT = 900


class Deadline:
    """A moment after which a call gives up; `what` completes the sentence "waited for …"."""

    def __init__(self, seconds: float, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.what = what
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds left; raises when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise DeadlineExceeded(f"waited {self.seconds:.0f} s for {self.what}")
        return left


def retry(
    attempt: Callable[[], bool],
    deadline: Deadline,
    pause: float = 1.0,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Calls `attempt` until it returns true, with `pause` seconds in between."""
    while not attempt():
        sleep(min(pause, deadline.left()))
