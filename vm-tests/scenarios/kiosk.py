"""A kiosk: nobody logs in, the screen shows how to claim the box and then one program, which comes back whenever it ends and
is streamed the whole time.

Given by whoever runs this: `host`, a guest on which greetd starts a terminal in a compositor as user `kiosk`, filled with
COLOUR, and the claim code comes first; `client`, `address` and `subtest` as in trust_loop.py.
"""

import json

from pictures import psnr, read_png

# Red, green, blue.
COLOUR = (0x2E, 0x8B, 0x57)
# Of 255, what encoding may change of a channel.
CLOSE = 12
# Decibels; what a careful eye still tells apart from the original begins below this.
ALIKE = 35.0
# How much of a picture the program has at least, which leaves an edge below and writes a word of its own.
FULL = 0.9
# More often than systemd starts a unit again by itself, when nothing else is said.
CRASHES = 8
# The oldest: what it starts is called so, too, for a moment.
PROGRAM = "pgrep -o -u kiosk -x foot"
CARD = "punktfunk-card.service"


def host_json(verb):
    return json.loads(host.succeed(f"punktfunk-host {verb} --json", timeout=60))


def shown(unit, what):
    return host.succeed(f"systemctl show -P {what} {unit}").strip()


def connect(options):
    return f"punktfunk-client connect {address} --tofu --identity guest --mode 640x480@30 {options} --json"


def started(name, options):
    ended = f"echo $? > {name}.ended; mv {name}.ended {name}.status"
    command = connect(f"{options} --out {name}.png")
    client.succeed(f"rm -f {name}.*; (set +e; {command} > {name}.json 2> {name}.log; {ended}) > /dev/null 2>&1 &")


def streamed(name):
    """Waits for the stream that was started as `name`, and returns its last picture."""
    client.wait_for_file(f"{name}.status", timeout=180)
    summary = json.loads(client.succeed(f"cat {name}.json").splitlines()[-1])
    assert client.succeed(f"cat {name}.status").strip() == "0" and summary["decoded"] > 0, summary
    print(f"{name}: {summary['decoded']} pictures of {summary['frames']}")
    client.copy_from_vm(f"{name}.png")
    return read_png(client.out_dir / f"{name}.png")


def share_of_the_program(picture):
    """How much of a picture is filled with its colour."""
    pixels = zip(*picture.channels(), strict=True)
    alike = sum(all(abs(is_ - was) <= CLOSE for is_, was in zip(pixel, COLOUR, strict=True)) for pixel in pixels)
    return alike / (picture.width * picture.height)


def sees_the_program():
    """A device, by the last picture of a stream; the program may still be starting."""
    for _ in range(3):
        started("now", "--seconds 8")
        share = share_of_the_program(streamed("now"))
        print(f"the program has {share:.1%} of the picture")
        if share > FULL:
            return
    raise AssertionError("the program is not in the stream: see now.png")


host.start()

with subtest("the code to claim the box by is on the screen, and the session waits for that"):
    host.wait_for_unit("punktfunk.service", timeout=300)
    process = shown("punktfunk.service", "ExecMainPID")
    host.wait_until_succeeds(f'test "$(systemctl show -P ActiveState {CARD})" = activating', timeout=120)
    host.succeed("punktfunk-host card --png /run/card.png", timeout=60)
    host.copy_from_vm("/run/card.png")
    card = read_png(host.out_dir / "card.png")
    for _ in range(60):
        host.screenshot("card_on_screen")
        if psnr(read_png(host.out_dir / "card_on_screen.png"), card) > ALIKE:
            break
        host.succeed("sleep 1")
    else:
        raise AssertionError("the screen does not show the card: see card_on_screen.png")
    host.fail(PROGRAM)

with subtest("for a device that is let in the code makes way, and the program starts without anybody having logged in"):
    started("program", "--seconds 20")
    host.wait_until_succeeds("punktfunk-host pair pending --json | grep fingerprint", timeout=60)
    (waiting,) = host_json("pair pending")
    host.succeed(f"punktfunk-host pair approve {waiting['id']} --fingerprint {waiting['fingerprint']} --name Guest", timeout=60)
    host.wait_until_succeeds(PROGRAM, timeout=180)
    assert shown(CARD, "ActiveState") == "active"
    streamed("program")
    sees_the_program()

with subtest(f"it comes back after {CRASHES} crashes, and neither the stream nor the host noticed"):
    began = shown(CARD, "ExecMainStartTimestampMonotonic")
    started("crashes", "--seconds 75")
    for number in range(CRASHES):
        program = host.wait_until_succeeds(PROGRAM, timeout=60).strip()
        host.succeed(f"kill -KILL {program}")
        host.wait_until_fails(f"kill -0 {program}", timeout=30)
    host.wait_until_succeeds(PROGRAM, timeout=180)
    streamed("crashes")
    sees_the_program()
    assert shown("punktfunk.service", "ExecMainPID") == process
    # The claim code is for a start, not for a crash.
    assert shown(CARD, "ExecMainStartTimestampMonotonic") == began

with subtest("the program may neither ask the host for anything nor read the screen, nor switch the box off"):
    host.succeed("runuser -u kiosk -- test -w /tmp")
    for path in ("/run/punktfunk/control.sock", "/run/punktfunk-screen/screen.sock", "/dev/uinput"):
        host.succeed(f"test -e {path}")
        host.fail(f"runuser -u kiosk -- test -w {path}")
    # As it stands in its session, which is the active one on the screen.
    may = "pkcheck --process $(" + PROGRAM + ") --action-id org.freedesktop.login1"
    host.succeed(f"{may}.chvt")
    for action in ("power-off", "reboot", "suspend"):
        assert "Not authorized" in host.execute(f"{may}.{action} 2>&1")[1]

host.shutdown()
