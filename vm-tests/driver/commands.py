"""The calls that are built on running one command, for whatever can run one."""

import json
import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable

from .deadline import DEFAULT, Deadline, retry
from .errors import RequestedAssertionFailed
from .log import log

# Characters of output that an error message repeats.
QUOTED = 2000


class Commands(ABC):
    """Runs commands somewhere and judges them; `name` is what messages call that place."""

    name: str
    # Seconds between two tries of the calls that wait.
    pause = 1.0

    @abstractmethod
    def execute(
        self, command: str, check_return: bool = True, check_output: bool = True, timeout: int | None = DEFAULT
    ) -> tuple[int, str]:
        """Runs `command` in bash: (exit status, standard output)."""

    def succeed(self, *commands: str, timeout: int | None = None) -> str:
        """Runs commands that must all exit with 0; their joined standard output."""
        output = ""
        for command in commands:
            status, text = self.execute(command, timeout=timeout or DEFAULT)
            if status != 0:
                raise RequestedAssertionFailed(
                    f"{self.name}: exit status {status} of: {command}\n{text[-QUOTED:]}"
                )
            output += text
        return output

    def fail(self, *commands: str, timeout: int | None = None) -> str:
        """Runs commands that must all exit with something else than 0; their joined output."""
        output = ""
        for command in commands:
            status, text = self.execute(command, timeout=timeout or DEFAULT)
            if status == 0:
                raise RequestedAssertionFailed(f"{self.name}: should have failed: {command}\n{text[-QUOTED:]}")
            output += text
        return output

    def wait_until_succeeds(self, command: str, timeout: int = DEFAULT) -> str:
        """Runs a command once a second until it exits with 0; its standard output."""
        return self._until(command, timeout, lambda status: status == 0, "to succeed")

    def wait_until_fails(self, command: str, timeout: int = DEFAULT) -> str:
        """Runs a command once a second until it exits with something else than 0."""
        return self._until(command, timeout, lambda status: status != 0, "to fail")

    def wait_for_file(self, filename: str, timeout: int = DEFAULT) -> None:
        """Waits until a path exists."""
        self.wait_until_succeeds(f"test -e {shlex.quote(filename)}", timeout=timeout)

    def wait_for_open_port(self, port: int, addr: str = "localhost", timeout: int = DEFAULT) -> None:
        """Waits until a TCP port accepts connections, seen from inside."""
        self.wait_until_succeeds(f"nc -z {shlex.quote(addr)} {port}", timeout=timeout)

    def wait_for_closed_port(self, port: int, addr: str = "localhost", timeout: int = DEFAULT) -> None:
        """Waits until a TCP port refuses connections, seen from inside."""
        self.wait_until_fails(f"nc -z {shlex.quote(addr)} {port}", timeout=timeout)

    def wait_for_unit(self, unit: str, user: str | None = None, timeout: int = DEFAULT) -> None:
        """Waits until a systemd unit is active; one that failed, or that nothing starts, fails at once."""
        if user is not None:
            raise RequestedAssertionFailed("units of users are not offered by this driver")

        def active() -> bool:
            properties = self.get_unit_info(unit)
            state = properties.get("ActiveState", "")
            if state == "failed":
                self.explain(unit)
                raise RequestedAssertionFailed(f"{self.name}: {unit} has failed")
            if state == "inactive" and not self.execute("systemctl list-jobs --full 2>&1")[1].startswith("JOB"):
                # It may have become active between the two questions.
                if self.get_unit_info(unit).get("ActiveState") == "inactive":
                    self.explain(unit)
                    raise RequestedAssertionFailed(f"{self.name}: {unit} is inactive and nothing starts it")
            return state == "active"

        retry(active, Deadline(timeout, f"{unit} on {self.name}"), self.pause)

    def require_unit_state(self, unit: str, require_state: str = "active") -> None:
        """Asserts the state that a systemd unit has now."""
        state = self.get_unit_info(unit).get("ActiveState")
        if state != require_state:
            raise RequestedAssertionFailed(f"{self.name}: {unit} is {state}, not {require_state}")

    def get_unit_info(self, unit: str) -> dict[str, str]:
        """Every property of a systemd unit."""
        lines = self.succeed(f"systemctl --no-pager show {shlex.quote(unit)}").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def systemctl(self, query: str, user: str | None = None) -> tuple[int, str]:
        """`systemctl` with these arguments."""
        if user is not None:
            raise RequestedAssertionFailed("units of users are not offered by this driver")
        return self.execute(f"systemctl {query}")

    def explain(self, unit: str) -> None:
        """Puts the last lines that a unit logged where the person who reads the failure looks."""
        _, text = self.execute(f"journalctl --no-pager -o cat -n 20 -u {shlex.quote(unit)}")
        for line in text.splitlines():
            log(f"{self.name}: {unit}: {json.dumps(line)}")

    def _until(self, command: str, timeout: int, wanted: Callable[[int], bool], what: str) -> str:
        deadline = Deadline(timeout, f"{command} {what} on {self.name}")
        last = ""

        def attempt() -> bool:
            nonlocal last
            status, last = self.execute(command, timeout=max(1, int(deadline.left())))
            return wanted(status)

        retry(attempt, deadline, self.pause)
        return last
