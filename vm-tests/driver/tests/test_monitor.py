import unittest

from driver.deadline import Deadline
from driver.errors import DeadlineExceeded, MachineError
from driver.monitor import Monitor
from driver.tests.guest import MonitorStub


class MonitorTalksToQemu(unittest.TestCase):
    def connect(self, answers: dict[str, object]) -> tuple[Monitor, MonitorStub]:
        stub = MonitorStub(answers)
        self.addCleanup(stub.close)
        monitor = Monitor(stub.path, Deadline(5, "the stub"))
        self.addCleanup(monitor.close)
        return monitor, stub

    def test_events_between_question_and_answer_are_passed_over(self) -> None:
        monitor, _ = self.connect({"query-status": {"return": {"running": True}}})
        self.assertEqual(monitor.command("query-status"), {"running": True})

    def test_a_refusal_is_an_error(self) -> None:
        monitor, _ = self.connect({"set_link": {"error": {"desc": "Device 'cable' not found"}}})
        with self.assertRaisesRegex(MachineError, "refused set_link: Device 'cable' not found"):
            monitor.command("set_link", name="cable", up=False)

    def test_arguments_may_be_called_name(self) -> None:
        monitor, stub = self.connect({})
        monitor.command("set_link", name="cable", up=True)
        self.assertEqual(stub.seen[-1], {"execute": "set_link", "arguments": {"name": "cable", "up": True}})

    def test_a_monitor_that_never_appears_ends_at_the_deadline(self) -> None:
        with self.assertRaisesRegex(DeadlineExceeded, "no monitor"):
            Monitor("/nonexistent/monitor.sock", Deadline(0.1, "no monitor"))
