import json
import unittest
from pathlib import Path

from driver import device_tests


class WhatCargoSays(unittest.TestCase):
    def test_only_executables_of_tests_count(self) -> None:
        messages = [
            {"reason": "compiler-artifact", "target": {"name": "screen"}, "profile": {"test": True}, "executable": "/t/screen-1"},
            {"reason": "compiler-artifact", "target": {"name": "punktfunk-screen"}, "profile": {"test": False}, "executable": "/t/p"},
            {"reason": "compiler-artifact", "target": {"name": "nix"}, "profile": {"test": False}, "executable": None},
            {"reason": "build-finished", "success": True},
        ]
        text = "\n".join(["   Compiling something", *map(json.dumps, messages), ""])
        self.assertEqual(device_tests.executables(text), {"screen": Path("/t/screen-1")})

    def test_every_target_is_a_file_of_tests_that_are_ignored(self) -> None:
        for name in device_tests.TARGETS:
            (source,) = (device_tests.REPOSITORY / "host").glob(f"*/tests/{name}.rs")
            self.assertIn("#[ignore", source.read_text(), name)
