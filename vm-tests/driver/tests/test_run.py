import contextlib
import io
import sys
import unittest
from pathlib import Path
from unittest import mock

import run

KNOWN = sorted(path.stem for path in (run.HERE / "scenarios").glob("*.py"))


def arguments(*words: str) -> tuple[list[str], Path]:
    with mock.patch.object(sys, "argv", ["run.py", *words]):
        parsed = run._arguments()
    return parsed.scenario, parsed.bin


class TheCommandLineOfARun(unittest.TestCase):
    def test_all_proven_scenarios_run_when_none_is_named(self) -> None:
        proven = [name for name in KNOWN if name not in run.UNPROVEN]
        self.assertEqual(arguments("--bin", "target/debug"), (proven, Path("target/debug")))
        self.assertLess(run.UNPROVEN, set(KNOWN))

    def test_every_box_is_a_scenario(self) -> None:
        self.assertLessEqual(run.BOXES, set(KNOWN))

    def test_one_can_be_named(self) -> None:
        self.assertEqual(arguments("--bin", "b", "trust_loop")[0], ["trust_loop"])

    def test_an_unknown_one_is_refused_with_the_known_ones(self) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            arguments("--bin", "b", "nonsense")
        self.assertEqual(ended.exception.code, 2)
        self.assertIn(f"there are: {', '.join(KNOWN)}", said.getvalue())
