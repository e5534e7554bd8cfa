import unittest

from driver.commands import Commands
from driver.deadline import DEFAULT
from driver.errors import DeadlineExceeded, RequestedAssertionFailed


class Scripted(Commands):
    """Answers each command from a table; a list is worked off and its last answer stays."""

    name = "scripted"
    pause = 0

    def __init__(self, answers: dict[str, list[tuple[int, str]]]) -> None:
        self.answers = answers
        self.seen: list[str] = []

    def execute(
        self, command: str, check_return: bool = True, check_output: bool = True, timeout: int | None = DEFAULT
    ) -> tuple[int, str]:
        self.seen.append(command)
        answers = self.answers.get(command, [(0, "")])
        return answers.pop(0) if len(answers) > 1 else answers[0]


SHOW = "systemctl --no-pager show a.service"
JOBS = "systemctl list-jobs --full 2>&1"


class CommandsAreJudged(unittest.TestCase):
    def test_succeed_joins_the_outputs(self) -> None:
        self.assertEqual(Scripted({"a": [(0, "1")], "b": [(0, "2")]}).succeed("a", "b"), "12")

    def test_succeed_stops_at_the_first_failure_and_names_it(self) -> None:
        machine = Scripted({"bad": [(4, "why")]})
        with self.assertRaisesRegex(RequestedAssertionFailed, "exit status 4 of: bad\nwhy"):
            machine.succeed("bad", "never")
        self.assertEqual(machine.seen, ["bad"])

    def test_fail_does_not_accept_success(self) -> None:
        with self.assertRaisesRegex(RequestedAssertionFailed, "should have failed: fine"):
            Scripted({}).fail("fine")

    def test_waiting_for_success_returns_the_output_of_the_try_that_succeeded(self) -> None:
        machine = Scripted({"try": [(1, "no"), (1, "no"), (0, "yes")]})
        self.assertEqual(machine.wait_until_succeeds("try"), "yes")
        self.assertEqual(len(machine.seen), 3)

    def test_a_unit_that_comes_up_is_waited_for(self) -> None:
        machine = Scripted({SHOW: [(0, "ActiveState=activating\n"), (0, "ActiveState=active\n")]})
        machine.wait_for_unit("a.service")

    def test_a_failed_unit_fails_at_once(self) -> None:
        with self.assertRaisesRegex(RequestedAssertionFailed, "a.service has failed"):
            Scripted({SHOW: [(0, "ActiveState=failed\n")]}).wait_for_unit("a.service")

    def test_an_inactive_unit_fails_when_no_job_is_queued(self) -> None:
        machine = Scripted({SHOW: [(0, "ActiveState=inactive\n")], JOBS: [(0, "No jobs running.\n")]})
        with self.assertRaisesRegex(RequestedAssertionFailed, "nothing starts it"):
            machine.wait_for_unit("a.service")

    def test_an_inactive_unit_is_waited_for_while_jobs_are_queued(self) -> None:
        states = [(0, "ActiveState=inactive\n"), (0, "ActiveState=active\n")]
        Scripted({SHOW: states, JOBS: [(0, "JOB UNIT\n")]}).wait_for_unit("a.service")

    def test_a_property_keeps_its_equals_signs(self) -> None:
        machine = Scripted({SHOW: [(0, "Environment=A=1 B=2\nnonsense\n")]})
        self.assertEqual(machine.get_unit_info("a.service"), {"Environment": "A=1 B=2"})

    def test_waiting_ends_at_the_deadline(self) -> None:
        with self.assertRaises(DeadlineExceeded):
            Scripted({"never": [(1, "")]}).wait_until_succeeds("never", timeout=0)
