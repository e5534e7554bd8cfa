import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from driver import web


class AFeedIsServed(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (Path(folder.name) / "slot").write_bytes(bytes(range(100)))
        serving = web.serving(Path(folder.name))
        self.port = serving.__enter__()
        self.addCleanup(serving.__exit__, None, None, None)

    def get(self, name: str, wanted: str | None = None) -> tuple[int, bytes]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{name}", headers={"Range": wanted} if wanted else {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def test_a_file_is_whole(self) -> None:
        self.assertEqual(self.get("slot"), (200, bytes(range(100))))

    def test_a_range_is_that_part_and_not_more_than_there_is(self) -> None:
        self.assertEqual(self.get("slot", "bytes=10-19"), (206, bytes(range(10, 20))))
        self.assertEqual(self.get("slot", "bytes=90-"), (206, bytes(range(90, 100))))
        self.assertEqual(self.get("slot", "bytes=90-500"), (206, bytes(range(90, 100))))

    def test_a_range_behind_the_end_and_a_file_that_is_not_there_are_refused(self) -> None:
        self.assertEqual(self.get("slot", "bytes=100-200")[0], 416)
        self.assertEqual(self.get("nothing", "bytes=0-1")[0], 404)
