"""What can go wrong, as the NixOS test driver names it."""


class MachineError(Exception):
    """The plumbing broke: QEMU, a shell or an image; says nothing about the product."""


class RequestedAssertionFailed(AssertionError):
    """A call of the scenario did not find what it asked for."""


class DeadlineExceeded(RequestedAssertionFailed):
    """A call's time ran out."""
