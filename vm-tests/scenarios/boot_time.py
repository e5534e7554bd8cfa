"""How long the way from power to a stream is, against the same guest without a host, and what a start waits for.

Given by whoever runs this: `host`; `bare`, the same guest with the same files, where nothing of them is enabled; `client`,
`address`, `subtest` and `log` as in trust_loop.py.
"""

import re
import time

# Time to an answer, in times of what the bare guest takes to multi-user.target.
RATIO = 1.5
# Seconds of our units on the longest chain that a start waits for.
SHARE = 1.0


def seconds(text):
    """`1min 2.345s` or `678ms`, as systemd writes it."""
    factors = {"min": 60, "s": 1, "ms": 0.001, "us": 0.000001}
    return sum(float(number) * factors[unit] for number, unit in re.findall(r"([0-9.]+)(min|ms|us|s)\b", text))


def since_power(machine, began, unit):
    """Seconds from power to when a unit was active, by the clock of whoever runs this."""
    machine.wait_for_unit(unit, timeout=400)
    asked = f"cut -d' ' -f1 /proc/uptime; systemctl show -P ActiveEnterTimestampMonotonic {unit}"
    up, active = machine.succeed(asked).split()
    return time.monotonic() - began - (float(up) - int(active) / 1e6)


def answered(began):
    """Seconds from power to when a client was answered by QUIC."""
    knock = f"punktfunk-client connect {address} --tofu --identity prober --timeout 1s --frames 1"
    while time.monotonic() - began < 400:
        # Not after its second of waiting to be let in.
        if client.execute(f"grep -m 1 -q '^connected, host ' < <({knock} 2>&1)", timeout=60)[0] == 0:
            return time.monotonic() - began
    raise AssertionError("nobody answers")


def without_a_host():
    """Seconds from power to multi-user.target."""
    began = time.monotonic()
    bare.start()
    took = since_power(bare, began, "multi-user.target")
    assert "punktfunk" not in bare.succeed("systemctl list-units --all --plain --no-legend 'punktfunk*'")
    bare.crash()
    return took


# What takes the time does not start while it is taken.
client.start()
client.succeed("true")

with subtest("the guest without a host"):
    before = without_a_host()

with subtest("the guest with it answers"):
    began = time.monotonic()
    host.start()
    reachable = answered(began)
    ready = since_power(host, began, "punktfunk.service")

with subtest("what a start waits for is not us"):
    host.wait_for_unit("multi-user.target", timeout=400)
    # It starts the host, and does not wait until its doors are open.
    assert "punktfunk.service" in host.succeed("systemctl show -P Wants multi-user.target").split()
    # Nothing is said before every job of the start is done.
    chain = host.wait_until_succeeds("systemd-analyze critical-chain --no-pager", timeout=400)
    print(chain)
    share = sum(seconds(line.split("+")[1]) for line in chain.splitlines() if "punktfunk" in line and "+" in line)
    print(f"our units' share of the critical chain {share:.3f} s, at most {SHARE}")
    print(host.succeed("systemd-analyze blame --no-pager | grep punktfunk", timeout=60))
    assert share < SHARE, share
    host.crash()

with subtest("the guest without a host once more, as the machine may have become slower or faster meanwhile"):
    after = without_a_host()
    ratio = reachable / ((before + after) / 2)
    print(f"multi-user.target without us {before:.1f} and {after:.1f} s; the host is ready after {ready:.1f} s and answers by QUIC after {reachable:.1f} s")
    print(f"ratio {ratio:.2f}, at most {RATIO}")
    assert ratio <= RATIO, ratio
