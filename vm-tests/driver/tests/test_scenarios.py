import ast
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from driver import scenario

SCENARIOS = Path(__file__).resolve().parent.parent.parent / "scenarios"
# What scenarios may use: calls that the NixOS test driver has, with the keywords that it knows.
SHARED: dict[str, set[str]] = {
    "start": set(),
    "shutdown": set(),
    "crash": set(),
    "block": set(),
    "unblock": set(),
    "execute": {"check_return", "check_output", "timeout"},
    "succeed": {"timeout"},
    "fail": {"timeout"},
    "wait_until_succeeds": {"timeout"},
    "wait_until_fails": {"timeout"},
    "wait_for_shutdown": set(),
    "wait_for_unit": {"timeout"},
    "wait_for_file": {"timeout"},
    "wait_for_open_port": {"timeout"},
    "wait_for_closed_port": {"timeout"},
    "wait_for_console_text": {"timeout"},
    "copy_from_host": set(),
    "copy_from_vm": set(),
    "screenshot": set(),
    "send_key": set(),
    "send_chars": set(),
}
ATTRIBUTES = {"out_dir", "name"}
MACHINES = ("host", "client", "machine", "other", "bare")


class ScenariosRunUnderEitherDriver(unittest.TestCase):
    def test_they_use_only_what_both_drivers_offer(self) -> None:
        for path in SCENARIOS.glob("*.py"):
            tree = ast.parse(path.read_text())
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and _is_machine(node.value):
                    self.assertIn(node.attr, SHARED.keys() | ATTRIBUTES, f"{path.name}:{node.lineno}")
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_machine(node.func.value):
                    keywords = {keyword.arg for keyword in node.keywords}
                    self.assertLessEqual(keywords, SHARED[node.func.attr], f"{path.name}:{node.lineno}")

    def test_what_takes_the_time_is_on_before_it_does(self) -> None:
        # Under NixOS the client is a machine as well, and starts when it is first asked for something.
        measuring = [path for path in SCENARIOS.glob("*.py") if "time.monotonic()" in path.read_text()]
        self.assertTrue(measuring)
        for path in measuring:
            doing = [node for node in ast.parse(path.read_text()).body if isinstance(node, (ast.Expr, ast.With))]
            calls = [ast.unparse(node) for node in doing if not isinstance(getattr(node, "value", None), ast.Constant)]
            self.assertEqual(calls[:2], ["client.start()", "client.succeed('true')"], path.name)

    def test_every_scenario_has_a_policy(self) -> None:
        scenarios = list(SCENARIOS.glob("*.py"))
        self.assertTrue(scenarios)
        for path in scenarios:
            self.assertTrue(path.with_suffix(".yaml").is_file(), path.name)


class ARunIsCounted(unittest.TestCase):
    def run_script(self, text: str) -> tuple[bool, scenario.Tally]:
        tally = scenario.Tally()
        with tempfile.TemporaryDirectory() as folder, mock.patch("driver.scenario.log"):
            path = Path(folder) / "made_up.py"
            path.write_text(text)
            host, client = mock.Mock(), mock.Mock()
            return scenario.run(path, host, client, "127.0.0.1:1", tally), tally

    def test_each_part_counts(self) -> None:
        ended, tally = self.run_script("with subtest('a'): pass\nwith subtest('b'): pass\nassert address == '127.0.0.1:1'")
        self.assertEqual((ended, tally.passed, tally.failed), (True, 2, 0))

    def test_a_failed_part_ends_the_scenario_and_is_named(self) -> None:
        ended, tally = self.run_script("with subtest('a'): assert False\nwith subtest('b'): pass")
        self.assertEqual((ended, tally.passed, tally.failed, tally.failures), (False, 0, 1, ["a"]))

    def test_a_failure_outside_of_the_parts_counts_too(self) -> None:
        ended, tally = self.run_script("with subtest('a'): pass\nraise ValueError")
        self.assertEqual((ended, tally.passed, tally.failed, tally.failures), (False, 1, 1, ["made_up"]))


def _is_machine(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in MACHINES
