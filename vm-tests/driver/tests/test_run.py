import argparse
import contextlib
import io
import sys
import unittest
from pathlib import Path
from unittest import mock

import run
from driver import stage

KNOWN = sorted(path.stem for path in run.SCENARIOS.glob("*.py"))


def arguments(*words: str) -> argparse.Namespace:
    with mock.patch.object(sys, "argv", ["run.py", *words]):
        return run._arguments()


class TheCommandLineOfARun(unittest.TestCase):
    def test_all_proven_scenarios_run_when_none_is_named(self) -> None:
        parsed = arguments("--bin", "target/debug")
        proven = [name for name in KNOWN if name not in run.UNPROVEN]
        self.assertEqual((parsed.scenario, parsed.bin), (proven, Path("target/debug")))
        self.assertLess(run.UNPROVEN, set(KNOWN))

    def test_a_named_one_has_all_of_its_power_cuts_and_a_run_of_all_some_of_each_phase(self) -> None:
        self.assertEqual(arguments("--bin", "b", "power_cuts").cuts * 5, 20)
        self.assertGreaterEqual(arguments("--bin", "b").cuts, 1)

    def test_every_box_is_a_scenario(self) -> None:
        self.assertLessEqual(stage.BOXES, set(KNOWN))

    def test_one_can_be_named(self) -> None:
        self.assertEqual(arguments("--bin", "b", "trust_loop").scenario, ["trust_loop"])

    def test_an_unknown_one_is_refused_with_the_known_ones(self) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            arguments("--bin", "b", "nonsense")
        self.assertEqual(ended.exception.code, 2)
        self.assertIn(f"there are: {', '.join(KNOWN)}", said.getvalue())
