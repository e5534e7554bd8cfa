import threading
import unittest

from driver.stuck import given_up, is_stuck

SAID = "[   {0}.1] watchdog: BUG: soft lockup - CPU#{1} stuck for {0}s! [modprobe:173]\n"


class AStuckEmulator(unittest.TestCase):
    def test_a_guest_is_stuck_when_its_watchdog_says_so_for_long(self) -> None:
        self.assertFalse(is_stuck(""))
        self.assertFalse(is_stuck(SAID.format(26, 0) + SAID.format(52, 1)))
        self.assertTrue(is_stuck(SAID.format(26, 0) + SAID.format(104, 1)))

    def test_it_is_ended_once_and_one_that_goes_on_is_left_alone(self) -> None:
        said, killed, seen = [""], [], threading.Event()

        def console() -> str:
            seen.set()
            return said[0]

        with given_up(console, lambda: killed.append(True), every=0.001) as stuck:
            self.assertTrue(seen.wait(60))
        self.assertEqual((killed, stuck.is_set()), ([], False))
        said[0] = SAID.format(104, 0)
        with given_up(console, lambda: killed.append(True), every=0.001) as stuck:
            self.assertTrue(stuck.wait(60))
        self.assertEqual(killed, [True])
