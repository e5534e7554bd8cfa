"""Tests of the driver that boot nothing."""
