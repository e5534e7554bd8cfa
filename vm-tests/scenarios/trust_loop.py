"""The main job: a knock, an approval, the box's real screen on the client, a key back into its kernel.

At the end, while the guest is there, the tests that need its devices to themselves.

Given by whoever runs this: `host` and `client`, machines of the NixOS test driver's kind; `address`, where `client`
reaches the native door of `host`; `subtest` and `start_all`.
"""

import json
import shlex

from pictures import Picture, psnr, read_png

POLICY = "/etc/punktfunk/punktfunk.yaml"
# What a hostile device calls itself: colours, a title for the terminal, text that runs backwards, a line of its own in
# the log, invisible characters; 300 bytes of it.
HOSTILE = "\x1b[31mOwner's TV\x1b[0m\x1b]0;pwned\x07\u202egnp.exe\u2066\u200b\nApproved: all\ufeff\x9b1m\u00e9" + "\u00e9" * 200
HOSTILE = HOSTILE.encode()[:300].decode(errors="ignore")
MODE = "640x480@30"
# What the host says when it finds no screen.
CARD = "the test card is shown in place of a screen"
# Decibels; what a careful eye still tells apart from the original begins below this.
ALIKE = 35.0
DIFFERENT = 25.0


def host_json(verb):
    return json.loads(host.succeed(f"punktfunk-host {verb} --json", timeout=60))


def allowed():
    return {device["fingerprint"]: device for device in host_json("pair list")}


def connect(identity, options, name=None):
    """The client's command line; its last line of output is one JSON object."""
    name = "" if name is None else f"--name {shlex.quote(name)}"
    return f"punktfunk-client connect {address} --tofu --identity {identity} {name} --mode {MODE} {options} --json"


def started(name, command):
    """Starts a command of the client in the background; `finished` waits for it."""
    ended = f"echo $? > {name}.ended; mv {name}.ended {name}.status"
    client.succeed(f"rm -f {name}.*; (set +e; {command} > {name}.json 2> {name}.log; {ended}) > /dev/null 2>&1 &")


def finished(name, timeout):
    """The exit status of a started command and the object that it ended with."""
    client.wait_for_file(f"{name}.status", timeout=timeout)
    status = int(client.succeed(f"cat {name}.status"))
    lines = client.succeed(f"cat {name}.json").splitlines()
    print(client.succeed(f"tail -n 5 {name}.log"))
    return status, json.loads(lines[-1])


def streamed(name, timeout=60):
    """A started command must have ended well, with pictures."""
    status, summary = finished(name, timeout)
    assert status == 0, f"{name} ended with {status}: {summary}"
    assert summary["decoded"] > 0, f"{name} decoded nothing: {summary}"
    assert (summary["width"], summary["height"]) == (640, 480), summary
    return summary


def paint(number, options=""):
    """Draws picture `number` on the guest's screen and returns it."""
    # The host is up before udev has found every device.
    host.wait_for_file("/dev/dri/card0", timeout=120)
    host.execute("systemctl stop painter.service", timeout=60)
    draw = f"punktfunk-painter --picture {number} --write-ppm /run/drawn_{number}.ppm {options}"
    host.succeed(f"systemd-run --quiet --unit=painter --property=Type=exec {draw}", timeout=60)
    host.wait_until_succeeds("journalctl -b -u painter.service -o cat | tail -n 1 | grep 'on the screen'", timeout=60)
    host.copy_from_vm(f"/run/drawn_{number}.ppm")
    drawn = Picture.from_ppm((host.out_dir / f"drawn_{number}.ppm").read_bytes())
    host.screenshot(f"screen_{number}")
    assert read_png(host.out_dir / f"screen_{number}.png") == drawn, "the monitor shows something else than was drawn"
    assert drawn.colours() > 1000, f"only {drawn.colours()} colours make a poor test"
    return drawn


def pair(pin, options=""):
    """Tries a PIN: the exit status, and the code of the refusal."""
    # The host rests after every attempt, and this one must not be told that it came too early.
    client.execute("sleep 3")
    status, output = client.execute(f"punktfunk-client pair {address} --pin {pin} --identity guest {options} --json", timeout=60)
    answer = json.loads(output.splitlines()[-1])
    print(f"PIN: {answer}")
    return status, answer.get("error", {}).get("code")


def picture(name):
    """The last picture that the client decoded."""
    client.copy_from_vm(f"{name}.png")
    return read_png(client.out_dir / f"{name}.png")


def same(seen, shown, what):
    ratio = psnr(seen, shown)
    print(f"{what}: {ratio:.1f} dB")
    assert ratio > ALIKE, f"{what}: only {ratio:.1f} dB"


start_all()

with subtest("the host is up, and neither of its processes can do more than it has to"):
    host.wait_for_unit("punktfunk-screen.service", timeout=300)
    host.wait_for_unit("punktfunk.service", timeout=300)
    host.wait_for_open_port(47990, timeout=60)
    status = "/proc/$(systemctl show -P MainPID {})/status"
    assert host.succeed(f"grep CapEff {status.format('punktfunk')}").split()[1] == "0" * 16
    # CAP_SYS_ADMIN is bit 21.
    assert int(host.succeed(f"grep CapEff {status.format('punktfunk-screen')}").split()[1], 16) == 1 << 21
    resident = int(host.succeed(f"grep VmRSS {status.format('punktfunk')}").split()[1])
    print(f"the idle host takes {resident / 1024:.1f} MiB")
    assert host.succeed("stat -c '%a %U' /var/lib/punktfunk").split() == ["700", "punktfunk"]
    assert host.succeed("stat -c '%a %U %G' /run/punktfunk-screen/screen.sock").split() == ["660", "root", "punktfunk"]
    assert allowed() == {}

with subtest("a program draws on the guest's screen"):
    first_picture = paint(1)

with subtest("an unknown client with a hostile name waits under a clean one"):
    started("first", connect("owner", "--seconds 6 --out first.png", HOSTILE))
    host.wait_until_succeeds("punktfunk-host pair pending --json | grep fingerprint", timeout=60)
    (waiting,) = host_json("pair pending")
    name = waiting["name"]
    print(f"it is called {name!r}")
    assert name.isprintable() and "Owner's TV" in name, repr(name)
    assert 0 < len(name.encode()) <= 64, repr(name)
    assert waiting["connected"]
    journal = host.succeed("journalctl -b -u punktfunk.service -o cat")
    assert not set(journal) & set("\x1b\x07\u202e\u2066\u200b\ufeff\x9b"), "the hostile name reached the log"
    assert allowed() == {}

with subtest("an approval for another fingerprint is refused"):
    other = ("1" if waiting["fingerprint"][0] == "0" else "0") + waiting["fingerprint"][1:]
    host.fail(f"punktfunk-host pair approve {waiting['id']} --fingerprint {other}", timeout=60)
    assert allowed() == {}

with subtest("once approved, that very connection shows the guest's screen"):
    owner = waiting["fingerprint"]
    host.succeed(f"punktfunk-host pair approve {waiting['id']} --fingerprint {owner} --name Owner", timeout=60)
    summary = streamed("first")
    print(summary)
    same(picture("first"), first_picture, "the first picture")
    assert allowed()[owner]["name"] == "Owner"
    assert host_json("pair pending") == []

with subtest("what is drawn next is seen next, and keys typed at the client reach the guest's kernel"):
    second_picture = paint(2)
    assert psnr(first_picture, second_picture) < DIFFERENT
    # The virtual keyboard lives as long as the stream: a reader waits for it, and full stops are typed until it reads.
    keyboard = "grep -lx 'punktfunk keyboard' /sys/class/input/event*/device/name"
    reader = f"until at=$({keyboard}); do sleep 0.05; done; exec stdbuf -oL evtest /dev/input/$(echo $at | cut -d/ -f5)"
    host.succeed(f"systemd-run --quiet --setenv=PATH --unit=reader bash -c {shlex.quote(reader)}", timeout=60)
    started("second", connect("owner", f"--seconds 6 --out second.png --type {'.' * 100} --press a,b,f5,enter"))
    streamed("second")
    same(picture("second"), second_picture, "the second picture")
    assert psnr(picture("second"), first_picture) < DIFFERENT
    lines = host.succeed("journalctl -b -u reader.service -o cat | grep EV_KEY", timeout=60).splitlines()
    pressed = [line.split("(")[2].split(")")[0] for line in lines if line.endswith("value 1")]
    released = [line.split("(")[2].split(")")[0] for line in lines if line.endswith("value 0")]
    assert pressed[0] == "KEY_DOT", pressed
    assert pressed[-4:] == released[-4:] == ["KEY_A", "KEY_B", "KEY_F5", "KEY_ENTER"], (pressed, released)
    host.wait_until_fails(keyboard, timeout=10)

with subtest("pairing without a PIN on the host is refused"):
    assert pair("0000") == (1, "pairing_not_armed")

with subtest("a wrong PIN is refused and uses the right one up"):
    pin = host_json("pair arm")["pin"]
    wrong = f"{(int(pin) + 1) % 10 ** len(pin):0{len(pin)}}"
    assert pair(wrong) == (1, "wrong_pin")
    assert pair(pin) == (1, "pairing_not_armed")
    assert set(allowed()) == {owner}

with subtest("the right PIN pairs, and the device streams without being asked for"):
    armed = host_json("pair arm")
    # After a wrong PIN the next one is good only after a while.
    client.execute(f"sleep {armed.get('usable_in_secs') or 0}")
    assert pair(armed["pin"], "--name Guest") == (0, None)
    (guest,) = set(allowed()) - {owner}
    assert allowed()[guest]["paired_by"] == "pin", allowed()
    started("guest", connect("guest", "--seconds 2"))
    streamed("guest")

with subtest("what the policy forbids to type is let go of by the stream that runs, which goes on"):
    # Two buffers in turn, so that pictures never cease.
    paint(2, "--flip")
    started("revoked", connect("owner", "--seconds 300"))
    client.wait_until_succeeds("grep frames/s revoked.log", timeout=60)
    host.wait_until_succeeds(keyboard, timeout=30)
    host.succeed(f"cp {POLICY} /root/good.yaml")
    host.succeed(f"(cat /root/good.yaml; echo 'input: {{ keyboard: false }}') > {POLICY}.new && mv {POLICY}.new {POLICY}")
    host.succeed("systemctl reload punktfunk.service", timeout=60)
    host.wait_until_fails(keyboard, timeout=30)
    assert len(host_json("status")["streams"]) == 1
    host.succeed(f"cp /root/good.yaml {POLICY}.new && mv {POLICY}.new {POLICY}")
    host.succeed("systemctl reload punktfunk.service", timeout=60)
    host.wait_until_succeeds(keyboard, timeout=30)

with subtest("revoking ends the stream within a second"):
    host.succeed(f"punktfunk-host pair revoke {owner}", timeout=60)
    client.succeed("timeout 1 bash -c 'until test -e revoked.status; do sleep 0.02; done'")
    status, summary = finished("revoked", 10)
    assert status == 1 and summary["error"]["close_code"] == 0x69, summary
    assert summary["frames"] > 2, summary

with subtest("after a power cut the remaining allow-list is whole"):
    host.crash()
    host.start()
    # Whoever looks in the first moment that there is a host: its reader and the graphics driver may not be up yet.
    started("first_light", f"until {connect('guest', '--timeout 3s --frames 1')}; do :; done")
    host.wait_for_unit("punktfunk.service", timeout=300)
    host.wait_for_open_port(47990, timeout=60)
    assert set(allowed()) == {guest}, allowed()
    assert finished("first_light", 60)[0] == 0
    assert CARD not in host.succeed("journalctl -b -u punktfunk.service -o cat")
    third_picture = paint(3)
    started("again", connect("guest", "--seconds 6 --out again.png"))
    streamed("again")
    same(picture("again"), third_picture, "the picture after the power cut")

with subtest("the screen's socket was there before the host, and whoever looks before its reader is up sees the screen"):
    socket = int(host.succeed("systemctl show -P ActiveEnterTimestampMonotonic punktfunk-screen.socket"))
    assert 0 < socket <= int(host.succeed("systemctl show -P ExecMainStartTimestampMonotonic punktfunk.service"))
    host.succeed("systemctl stop punktfunk-screen.service", timeout=60)
    started("early", connect("guest", "--seconds 10 --out early.png"))
    streamed("early")
    same(picture("early"), third_picture, "the picture of who came before the reader")
    assert CARD not in host.succeed("journalctl -b -u punktfunk.service -o cat")
    host.wait_for_unit("punktfunk-screen.service", timeout=60)

with subtest("the revoked device is a stranger again"):
    status, output = client.execute(connect("owner", "--timeout 8s --frames 1") + " 2>&1", timeout=60)
    assert status == 1, (status, output)
    assert [device["fingerprint"] for device in host_json("pair pending")] == [owner]
    assert set(allowed()) == {guest}

with subtest("a policy with a fault changes nothing"):
    host.succeed(f"cp {POLICY} /root/good.yaml; sed 's/require: true/require: maybe/' /root/good.yaml > {POLICY}.new && mv {POLICY}.new {POLICY}")
    assert host.execute(f"punktfunk-host config check {POLICY}", timeout=60)[0] == 2
    host.execute("systemctl reload punktfunk.service", timeout=60)
    status, output = client.execute(connect("visitor", "--timeout 8s --frames 1", "Visitor") + " 2>&1", timeout=60)
    assert status == 1, (status, output)

with subtest("on a full disk nobody is let in who would be forgotten"):
    # The waiting visitor is the one that came last.
    visitor = host_json("pair pending")[0]
    approval = f"punktfunk-host pair approve {visitor['id']} --fingerprint {visitor['fingerprint']} --json"
    host.fail("dd if=/dev/zero of=/var/lib/punktfunk/filling bs=64k > /dev/null 2>&1", timeout=300)
    status, output = host.execute(approval, timeout=60)
    print(f"on a full disk: {output}")
    assert status == 1, (status, output)
    assert set(allowed()) == {guest}
    host.succeed("rm /var/lib/punktfunk/filling")
    host.succeed(approval, timeout=60)
    assert set(allowed()) == {guest, visitor["fingerprint"]}

with subtest("in open mode a stranger streams at once, and is no stored device for that"):
    host.succeed(f"sed 's/require: true/require: false/' /root/good.yaml > {POLICY}.new && mv {POLICY}.new {POLICY}")
    host.succeed("systemctl reload punktfunk.service", timeout=60)
    started("open", connect("stranger", "--seconds 3 --out open.png"))
    streamed("open")
    same(picture("open"), third_picture, "the picture in open mode")
    assert set(allowed()) == {guest, visitor["fingerprint"]}

with subtest("the screen's source and the virtual devices pass their own tests on this kernel"):
    host.succeed("systemctl stop punktfunk.service punktfunk-screen.service", timeout=60)
    host.execute("systemctl stop painter.service", timeout=60)
    tests = host.succeed("ls /usr/libexec/punktfunk-tests").split()
    assert tests == ["screen", "uinput"], tests
    for test in tests:
        run = f"PUNKTFUNK_PROGRAMS=/usr/bin /usr/libexec/punktfunk-tests/{test} --ignored --test-threads=1 2>&1"
        status, output = host.execute(run, timeout=300)
        print(output)
        assert status == 0, f"{test} ended with {status}; its output is above"
        assert "test result: ok" in output and " 0 passed" not in output, f"{test} tested nothing"

host.shutdown()
