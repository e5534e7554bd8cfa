"""Free ports of this machine's loopback address."""

import random
import socket

from .errors import MachineError

# Below the range from which the kernel hands out ports by itself.
BLOCKS = range(20000, 32000)
ATTEMPTS = 200


def free_port(kind: socket.SocketKind) -> int:
    """A port that nobody has right now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


def free_udp_block(count: int) -> range:
    """Consecutive UDP ports that nobody has right now."""
    for _ in range(ATTEMPTS):
        first = random.randrange(BLOCKS.start, BLOCKS.stop - count)
        block = range(first, first + count)
        if all(_is_free(port) for port in block):
            return block
    raise MachineError(f"no {count} free UDP ports in a row were found")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
