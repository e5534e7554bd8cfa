"""The flashed box: its first boot, its policy from the FAT partition, a stream, power cuts and factory resets.

Given by whoever runs this: `host`, a box whose disk was flashed with the image and has appliance.yaml on its FAT
partition, booted by its own firmware; `client`, `address`, `subtest` and `start_all` as in trust_loop.py.
"""

import json
import shlex

from pictures import Picture, psnr, read_png

STATE = "/var/lib/punktfunk"
POLICY = "/etc/punktfunk/punktfunk.yaml"
REFUSED = "/run/punktfunk-policy/refused.txt"
ENTRIES = "/efi/EFI/Linux"
GATE = "punktfunk-gate.service"
# Decibels; what a careful eye still tells apart from the original begins below this.
ALIKE = 35.0
# As in a file that somebody edited by hand: a word where a number belongs, and a key that does not exist.
FAULTY = "schema: 1\nname: Kitchen\npairing:\n  require: perhaps\ncolour: red\n"


def host_json(verb):
    return json.loads(host.succeed(f"punktfunk-host {verb} --json", timeout=60))


def up():
    """Waits for the streaming host and returns what it says of itself."""
    host.wait_for_unit("punktfunk.service", timeout=400)
    host.wait_for_open_port(47990, timeout=60)
    return host_json("status")


def allowed():
    return {device["fingerprint"] for device in host_json("pair list")}


def disk():
    """The labels of the partitions, in their order on the disk, and the size of the last one in bytes."""
    lines = host.succeed("lsblk -n -b -r -o PARTLABEL,SIZE,TYPE $(findmnt -n -o SOURCE /var | sed 's/[0-9]*$//')").splitlines()
    parts = [line.split() for line in lines if line.endswith(" part")]
    return [label for label, _, _ in parts], int(parts[-1][1])


def on_fat(script):
    """Runs a script in the FAT partition's folder, as a person would at a PC."""
    mount = "mkdir -p /run/pc && mount /dev/disk/by-partlabel/PUNKTFUNK /run/pc"
    host.succeed(f"{mount} && (cd /run/pc && {script}) && umount /run/pc && sync", timeout=60)


def lines_on_screen(name):
    """How many lines of text the box's own screen shows, in the kernel's font of 16 pixels."""
    host.screenshot(name)
    shown = read_png(host.out_dir / f"{name}.png")
    line = shown.width * 3 * 16
    return sum(any(shown.rgb[start : start + line]) for start in range(0, len(shown.rgb), line))


def picture(name):
    client.copy_from_vm(f"{name}.png")
    return read_png(client.out_dir / f"{name}.png")


def paint(number):
    """Draws picture `number` on the box's screen and returns it."""
    # The host is up before udev has found every device.
    host.wait_for_file("/dev/dri/card0", timeout=120)
    host.execute("systemctl stop painter.service", timeout=60)
    draw = f"punktfunk-painter --picture {number} --write-ppm /run/drawn_{number}.ppm"
    host.succeed(f"systemd-run --quiet --unit=painter --property=Type=exec {draw}", timeout=60)
    host.wait_until_succeeds("journalctl -b -u painter.service -o cat | tail -n 1 | grep 'on the screen'", timeout=60)
    host.copy_from_vm(f"/run/drawn_{number}.ppm")
    return Picture.from_ppm((host.out_dir / f"drawn_{number}.ppm").read_bytes())


def connect(identity, options):
    return f"punktfunk-client connect {address} --tofu --identity {identity} --mode 640x480@30 {options} --json"


def streamed(name, shown):
    """Waits for the stream that was started as `name`; its last picture must be `shown`."""
    client.wait_for_file(f"{name}.status", timeout=90)
    summary = json.loads(client.succeed(f"cat {name}.json").splitlines()[-1])
    assert client.succeed(f"cat {name}.status").strip() == "0" and summary["decoded"] > 0, summary
    ratio = psnr(picture(name), shown)
    print(f"{name}: {summary['frames']} frames, {ratio:.1f} dB")
    assert ratio > ALIKE, f"{name}: only {ratio:.1f} dB"


def started(name, command):
    ended = f"echo $? > {name}.ended; mv {name}.ended {name}.status"
    client.succeed(f"rm -f {name}.*; (set +e; {command} > {name}.json 2> {name}.log; {ended}) > /dev/null 2>&1 &")


def gate_once_more():
    """Runs the gate of this start again."""
    return host.execute(f"systemctl daemon-reload && systemctl restart {GATE}", timeout=400)[0]


start_all()

with subtest("the flashed box comes up by itself, under the name that was written on its FAT partition"):
    first = up()
    assert first["name"] == "Living Room" and first["pairing_required"], first
    assert len(host_json("pair arm")["pin"]) == 6
    host.succeed("punktfunk-host pair disarm", timeout=60)
    host.fail(f"test -e {REFUSED}")
    assert host.succeed("systemctl --failed --no-legend") == ""
    # Nothing is said before every job of the start is done.
    chain = host.wait_until_succeeds("systemd-analyze critical-chain --no-pager", timeout=400)
    print(host.succeed("systemd-analyze; systemd-analyze critical-chain punktfunk.service", timeout=60), chain)
    # A start waits for neither the policy nor the host, nor for what is drawn from how it came up.
    for unit in ("punktfunk.service", "punktfunk-policy", "punktfunk-update"):
        assert unit not in chain, chain

with subtest("what it runs is the read-only slot that its boot entry was made for"):
    root_hash = host.succeed("tr ' ' '\\n' < /proc/cmdline | grep usrhash=").strip().split("=")[1]
    assert host.succeed("veritysetup status usr | grep -i 'root hash'").split()[-1] == root_hash
    assert host.succeed("blkid -o value -s TYPE /dev/mapper/usr").strip() == "erofs"
    host.fail("dd if=/dev/zero of=/dev/mapper/usr bs=4k count=1 conv=fsync 2> /dev/null")
    print(host.succeed("bootctl list --no-pager; bootctl status --no-pager | head -n 30"))

with subtest("the flashed version is kept because it streams"):
    (entry,) = host.succeed(f"ls {ENTRIES}").split()
    kept = entry.split("+")[0].removesuffix(".efi") + ".efi"
    host.wait_until_succeeds(f"test -e {ENTRIES}/{kept}", timeout=300)
    assert host.succeed(f"ls {ENTRIES}").split() == [kept]
    host.wait_for_unit("boot-complete.target", timeout=60)

with subtest("one that could not stream stays up where nothing else could start, and says why"):
    shut = f"/run/systemd/system/{GATE}.d/shut.conf"
    command = "$(command -v punktfunk-update) gate -- false"
    host.succeed(f'mkdir -p {shut.removesuffix("/shut.conf")} && echo "[Service]\nExecStart=\nExecStart={command}" > {shut}')
    assert gate_once_more() != 0
    # The unit that would start the box again was asked, and has looked.
    asked = "systemctl show -P ConditionTimestampMonotonic punktfunk-gate-shut.service"
    host.wait_until_succeeds(f'test "$({asked})" -gt 0', timeout=60)
    assert host.succeed("systemctl show -P ConditionResult punktfunk-gate-shut.service").strip() == "no"
    unproven = [one for one in host_json("status")["attention"] if one["code"] == "update_unproven"]
    assert len(unproven) == 1 and "no other version could start" in unproven[0]["sentence"], unproven
    host.fail("systemctl is-active boot-complete.target")
    host.succeed(f"rm {shut}")
    assert gate_once_more() == 0
    host.succeed("systemctl start boot-complete.target", timeout=60)
    assert host_json("status")["fingerprint"] == first["fingerprint"]

with subtest("the disk has a second slot, and all the rest of it is for data"):
    labels, data = disk()
    version = labels[3].split("_")[1]
    slot = [f"punktfunk-verity_{version}", f"punktfunk_{version}"]
    assert labels == ["esp", "PUNKTFUNK", *slot, "_empty", "_empty", "punktfunk-data"], labels
    size = int(host.succeed("findmnt -n -b -o SIZE /var"))
    print(f"data: {data >> 20} MiB, of which {size >> 20} MiB for files")
    assert size > data * 0.8 > 300 << 20, (size, data)

with subtest("it made an identity that nobody but itself can read, and shows a code to claim it by"):
    assert host.succeed(f"stat -c '%a %U' {STATE} {STATE}/host-identity.pem").split() == ["700", "punktfunk", "600", "punktfunk"]
    code = host_json("console claim-code")["code"]
    assert code in host.succeed("cat /run/issue.d/punktfunk.issue")
    host.wait_for_unit("multi-user.target", timeout=120)
    # The name of the system, three lines about claiming it and more with the picture of the address, the prompt.
    for _ in range(20):
        if lines_on_screen("claim") >= 5:
            break
        host.succeed("sleep 1")
    else:
        raise AssertionError("the screen does not show how to claim the box: see claim.png")

with subtest("where a session is about to take the screen, the code is drawn on it first, and then it is free again"):
    assert "greetd.service" in host.succeed("systemctl show -P Before punktfunk-card.service").split()
    host.succeed("systemctl start --no-block punktfunk-card.service", "punktfunk-host card --png /run/card.png", timeout=60)
    host.copy_from_vm("/run/card.png")
    card = read_png(host.out_dir / "card.png")
    for _ in range(60):
        host.screenshot("card_on_screen")
        if psnr(read_png(host.out_dir / "card_on_screen.png"), card) > ALIKE:
            break
        host.succeed("sleep 1")
    else:
        raise AssertionError("the screen does not show the card: see card_on_screen.png")
    # The session would still wait, because nobody has claimed the box.
    assert host.succeed("systemctl show -P ActiveState punktfunk-card.service").strip() == "activating"
    host.succeed("systemctl stop punktfunk-card.service", timeout=60)
    assert lines_on_screen("claim_again") >= 5

with subtest("a device knocks, is let in, and sees the box's screen"):
    shown = paint(1)
    started("first", connect("owner", "--seconds 6 --out first.png"))
    host.wait_until_succeeds("punktfunk-host pair pending --json | grep fingerprint", timeout=60)
    (waiting,) = host_json("pair pending")
    owner = waiting["fingerprint"]
    host.succeed(f"punktfunk-host pair approve {waiting['id']} --fingerprint {owner} --name Owner", timeout=60)
    streamed("first", shown)

with subtest("a faulty policy and a power cut: the box is itself, and says what is wrong where"):
    on_fat(f"printf %s {shlex.quote(FAULTY)} > punktfunk.yaml")
    host.crash()
    host.start()
    again = up()
    assert (again["fingerprint"], again["name"]) == (first["fingerprint"], "Living Room"), again
    assert allowed() == {owner}
    said = host.succeed(f"cat {REFUSED}")
    print(said)
    for part in ("pairing.require", "punktfunk.yaml:4:12", "colour: unknown key"):
        assert part in said, said
    assert host.succeed(f"stat -c %a {REFUSED}").strip() == "644"

with subtest("the device streams again without being asked for"):
    shown = paint(2)
    started("again", connect("owner", "--seconds 4 --out again.png"))
    streamed("again", shown)

with subtest("a factory reset that keeps the identity: nobody is let in, and without a good policy the defaults hold"):
    reset = json.loads(host.succeed("punktfunk-host factory-reset --keep-identity --yes --json", timeout=60))
    assert reset["at_next_start"] and allowed() == {owner}, reset
    host.crash()
    host.start()
    kept = up()
    assert (kept["fingerprint"], kept["name"], kept["pairing_required"]) == (first["fingerprint"], "punktfunk", True), kept
    assert allowed() == set()
    assert host_json("console claim-code")["code"] != code
    assert "the built-in defaults are in force" in host.succeed(f"cat {REFUSED}")
    assert host.succeed(f"cat {POLICY}") == "schema: 1\n"

with subtest("a factory reset asked for on the FAT partition: it is a new box, once"):
    on_fat("echo everything > factory-reset.txt && rm punktfunk.yaml")
    host.crash()
    host.start()
    new = up()
    assert new["fingerprint"] != first["fingerprint"], new
    assert allowed() == set()
    host.fail(f"test -e {REFUSED}")
    reset = "sed -n s/^ExecStart=//p $(systemctl show -P FragmentPath punktfunk-reset.service)"
    host.succeed(f"RUNTIME_DIRECTORY=/run/again $({reset})")
    assert host_json("status")["fingerprint"] == new["fingerprint"]
    host.succeed(f"test -s {STATE}/host-identity.pem")

host.shutdown()
