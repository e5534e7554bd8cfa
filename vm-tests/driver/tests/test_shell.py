import tempfile
import unittest
from pathlib import Path

from driver.deadline import Deadline
from driver.errors import DeadlineExceeded, MachineError
from driver.shell import GREETING, Shell
from driver.tests.guest import LocalGuest


class ShellOverARealBash(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.guest = LocalGuest(Path(self.folder.name))
        self.shell = Shell(self.guest.driver)

    def tearDown(self) -> None:
        self.guest.close()
        self.folder.cleanup()

    def test_output_and_status_come_back(self) -> None:
        self.assertEqual(self.shell.execute("echo one; echo two; exit 7", 10), (7, "one\ntwo\n"))

    def test_output_that_looks_like_an_answer_is_only_output(self) -> None:
        self.assertEqual(self.shell.execute("echo; echo 'answer-1 eA== 0'; exit 3", 10), (3, "\nanswer-1 eA== 0\n"))

    def test_a_command_without_output_does_not_inherit_the_last_one_s(self) -> None:
        self.shell.execute("echo something", 10)
        self.assertEqual(self.shell.execute("true", 10), (0, ""))

    def test_quotes_reach_the_guest_s_bash(self) -> None:
        self.assertEqual(self.shell.execute("printf '%s' \"it's\" '$HOME'", 10), (0, "it's$HOME"))

    def test_the_first_failing_part_of_a_pipe_fails_the_command(self) -> None:
        self.assertEqual(self.shell.execute("false | cat", 10)[0], 1)

    def test_an_unset_variable_fails_the_command(self) -> None:
        self.assertNotEqual(self.shell.execute("echo $undefined", 10)[0], 0)

    def test_standard_error_goes_to_the_console(self) -> None:
        self.assertEqual(self.shell.execute("echo aside >&2", 10), (0, ""))
        self.assertEqual(self.guest.console.read_text(), "aside\n")

    def test_the_guest_ends_a_command_that_takes_too_long(self) -> None:
        self.assertEqual(self.shell.execute("sleep 60", 0.2)[0], 124)

    def test_large_output_is_whole(self) -> None:
        status, output = self.shell.execute("head -c 300000 /dev/zero | tr '\\0' x", 20)
        self.assertEqual((status, len(output)), (0, 300000))


class SilentStream:
    """A console that says what it was given and then nothing, or ends."""

    def __init__(self, said: bytes, ends: bool) -> None:
        self._said = said
        self._ends = ends

    def settimeout(self, value: float | None) -> None:
        pass

    def sendall(self, data: bytes, /) -> None:
        pass

    def recv(self, size: int, /) -> bytes:
        said, self._said = self._said[:size], self._said[size:]
        if said or self._ends:
            return said
        raise TimeoutError

    def close(self) -> None:
        pass


class ShellOverADeadConsole(unittest.TestCase):
    def test_silence_ends_at_the_deadline(self) -> None:
        with self.assertRaisesRegex(DeadlineExceeded, "the end of: true"):
            Shell(SilentStream(GREETING, ends=False)).execute("true", 1)

    def test_a_guest_that_goes_away_is_an_error_of_the_plumbing(self) -> None:
        with self.assertRaisesRegex(MachineError, "went away"):
            Shell(SilentStream(b"half an ans", ends=True)).execute("true", 1)


class DeadlineOnAMadeUpClock(unittest.TestCase):
    def test_it_counts_down_and_then_says_what_was_waited_for(self) -> None:
        now = [100.0]
        deadline = Deadline(5, "the kettle", clock=lambda: now[0])
        now[0] = 103
        self.assertEqual(deadline.left(), 2)
        now[0] = 105
        with self.assertRaisesRegex(DeadlineExceeded, "waited 5 s for the kettle"):
            deadline.left()
