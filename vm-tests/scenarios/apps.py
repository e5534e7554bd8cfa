"""An app of the policy, started by its service under a real service manager, takes along all that it has started.

Given by whoever runs this: `host` and `subtest` as in trust_loop.py.
"""

import shlex

# Anybody with a home; Debian's guest has no user of its own, and that of NixOS is given this one.
USER = "bin"
SOCKET = "/run/punktfunk-apps/apps.sock"
# Written by what the app starts in a session of its own, which does not hear of being told to end.
ESCAPED = "/tmp/escaped"
GROUPS = f'find "/sys/fs/cgroup$(systemctl show -P ControlGroup punktfunk-apps@{USER}.service)" -mindepth 1 -type d'


def ask(app):
    """Starts an app as the host does, which keeps the connection for as long as somebody wants the app."""
    host.succeed(f"rm -f {ESCAPED}")
    order = f"(echo '{{\"start\": \"{app}\"}}'; exec sleep 1000) | nc -U {SOCKET}"
    host.succeed(f"systemd-run --quiet --setenv=PATH --unit=asking --uid=punktfunk bash -c {shlex.quote(order)}", timeout=60)
    host.wait_until_succeeds(f"test -s {ESCAPED}", timeout=60)
    return host.succeed(f"cat {ESCAPED}").strip()


def groups():
    return host.succeed(GROUPS).split()


host.start()

with subtest("the service for apps is up, and may make control groups below its own"):
    host.wait_for_unit("punktfunk.service", timeout=300)
    host.succeed(f"systemctl start punktfunk-apps@{USER}.service", timeout=60)
    host.wait_until_succeeds(f"test -S {SOCKET}", timeout=60)
    assert "no control groups" not in host.succeed(f"journalctl -b -u punktfunk-apps@{USER}.service -o cat")
    assert groups() == []

for app in ("Escape", "Starter"):
    with subtest(f"what {app} has started ends with it, though it has left its process group"):
        escaped = ask(app)
        assert len(groups()) == 1, groups()
        host.succeed(f"grep -q /app- /proc/{escaped}/cgroup")
        host.succeed("systemctl stop asking.service", timeout=60)
        host.wait_until_succeeds(f"test ! -e /proc/{escaped}", timeout=60)
        host.wait_until_succeeds(f"test -z \"$({GROUPS})\"", timeout=60)
