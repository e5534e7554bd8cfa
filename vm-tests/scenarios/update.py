"""Updates of a flashed box: refused before harm, cut by the power at every stage, kept when it streams, else gone back from.

Given by whoever runs this, beside what appliance.py is given: `releases`, for each version a folder of `client` with its
images (usr.raw, verity.raw, uki.efi), of which the first is good and the second cannot stream; `feed_folder` of `client`,
which a web server there has as `feed` for `host`; `versions_on_disk`, which says what systemd-sysupdate finds on the disk
of `host`, which is off, and whether all of each is there.

A box that restarts ends its machine here, as it does under the NixOS test driver without `allow_reboot`; `start` is the
next boot.
"""

import json
import shlex

from pictures import Picture, psnr, read_png

GOOD, BROKEN = sorted(releases)
ENTRIES = "/efi/EFI/Linux"
ALIKE = 35.0


def host_json(verb):
    return json.loads(host.succeed(f"punktfunk-host {verb} --json", timeout=60))


def up():
    """Waits for the streaming host."""
    host.wait_for_unit("punktfunk.service", timeout=400)
    host.wait_for_open_port(47990, timeout=60)


def allowed():
    return {device["fingerprint"] for device in host_json("pair list")}


def update(verb):
    """Runs a verb of the update client: its exit status and the object that it ends with."""
    status, output = host.execute(f"punktfunk-update {verb} --json", timeout=600)
    answer = json.loads(output.splitlines()[-1])
    print(f"{verb}: {status} {answer.get('error') or answer}")
    return status, answer


def refused(verb, code):
    status, answer = update(verb)
    assert status == 1 and answer["code"] == code, (status, answer)


def entries():
    return sorted(host.succeed(f"ls {ENTRIES}").split())


def slots():
    """The labels of the four partitions that the two slots are made of."""
    disk = "$(findmnt -n -o SOURCE /var | sed 's/[0-9]*$//')"
    labels = host.succeed(f"udevadm settle; lsblk -n -r -o PARTLABEL,TYPE {disk} | grep ' part' | cut -d' ' -f1").split()
    return labels[2:6]


def publish(version, options="--key publisher.key"):
    images = " ".join(f"--{name} {releases[version]}/{name}.{kind}" for name, kind in (("usr", "raw"), ("verity", "raw"), ("uki", "efi")))
    bundle = f"punktfunk-update bundle --out {feed_folder} --no-password --release {version} {images} {options} --json"
    client.succeed(bundle, timeout=300)


def pair(name):
    # The host rests after every attempt.
    client.succeed("sleep 3")
    armed = host_json("pair arm")
    client.execute(f"sleep {armed.get('usable_in_secs') or 0}")
    client.succeed(f"punktfunk-client pair {address} --pin {armed['pin']} --identity {name} --name {name} --json", timeout=60)


start_all()

with subtest("a box that knows whose updates it may take"):
    up()
    key = json.loads(client.succeed("punktfunk-update keygen publisher --no-password --json"))["key"]
    client.succeed("punktfunk-update keygen stranger --no-password")
    # Slow enough for a power cut in the midst of a download.
    section = f"update: {{ feed: {feed!r}, keys: [{key!r}], window: manual, bandwidth: 16Mbit/s }}\n"
    mounted = "mkdir -p /run/pc && mount /dev/disk/by-partlabel/PUNKTFUNK /run/pc"
    host.succeed(f"{mounted} && printf %s {shlex.quote(section)} >> /run/pc/punktfunk.yaml && umount /run/pc", timeout=60)
    host.succeed("systemctl restart punktfunk-policy.service", timeout=120)
    up()
    host.succeed("grep -q keys: /etc/punktfunk/punktfunk.yaml")
    pair("lost")
    (lost,) = allowed()
    pair("owner")
    (owner,) = allowed() - {lost}
    host.succeed(f"punktfunk-host pair revoke {lost}", timeout=60)
    assert allowed() == {owner}
    status, answer = update("status")
    flashed = answer["running"]
    # Where a fresh flash has to earn its place too, it has.
    host.wait_until_succeeds(f"test -e {ENTRIES}/punktfunk_{flashed}.efi", timeout=300)
    empty = [f"punktfunk-verity_{flashed}", f"punktfunk_{flashed}", "_empty", "_empty"]
    assert slots() == empty, slots()

with subtest("what is forged, too old or replayed is refused before the first byte"):
    publish(GOOD, "--key stranger.key")
    refused("install", "untrusted")
    publish(GOOD, "--key publisher.key --valid 1s")
    client.succeed("sleep 2")
    refused("install", "expired")
    publish(GOOD)
    client.succeed(f"cp -r {feed_folder} older", f"sed -i 's/{GOOD}/9.9.9/' {feed_folder}/manifest.json")
    refused("install", "untrusted")
    client.succeed("sleep 1")
    publish(GOOD)
    assert update("check")[0] == 0
    client.succeed(f"cp -r {feed_folder} newer", f"cp older/manifest.json* {feed_folder}/")
    refused("install", "replayed")
    assert slots() == empty and entries() == [f"punktfunk_{flashed}.efi"], (slots(), entries())

with subtest("an image that was changed in the feed never boots"):
    image = f"{feed_folder}/punktfunk_{GOOD}.usr"
    client.succeed(f"cp newer/manifest.json* {feed_folder}/", f"cp {image} whole")
    # Everywhere, since the box fetches only what it has not got.
    places = f"seq 0 $(($(stat -c %s {image}) / 524288 - 1))"
    client.succeed(f"for i in $({places}); do printf tampered | dd of={image} bs=512k seek=$i conv=notrunc status=none; done")
    refused("install", "tampered")
    assert entries() == [f"punktfunk_{flashed}.efi"], entries()
    assert slots()[2:] == ["_empty", "_empty"], slots()
    client.succeed(f"mv whole {image}")

with subtest("a file that ends too early in the feed is not installed, and the reason is said"):
    client.succeed(f"cp {image} whole", f"truncate -s $(($(stat -c %s {image}) / 4)) {image}")
    refused("install --attempts 2", "feed")
    assert entries() == [f"punktfunk_{flashed}.efi"], entries()
    assert slots()[2:] == ["_empty", "_empty"], slots()
    client.succeed(f"mv whole {image}")

with subtest("on a full boot partition and on a full data partition nothing is begun, and the reason is said"):
    host.succeed("rm -f /var/lib/punktfunk-update/journal.json")
    for filling, code in (("/efi/filling", "no_room"), ("/var/filling", "state")):
        for size in ("1M", "1k"):
            host.execute(f"dd if=/dev/zero bs={size} conv=fsync >> {filling} 2> /dev/null", timeout=300)
        refused("install", code)
        host.succeed(f"rm {filling}", "sync")
        assert entries() == [f"punktfunk_{flashed}.efi"], entries()
        assert slots() == empty and allowed() == {owner}, slots()

with subtest("a power cut during the download: the box is as before, and the download goes on where it was"):
    host.succeed("systemd-run --quiet --unit=install --property=Type=exec punktfunk-update install", timeout=60)
    going = "grep -Eq '\"phase\":\"downloading\".*\"fetched\":[0-9]{7}' /run/punktfunk-update/status.json"
    host.wait_until_succeeds(going, timeout=300)
    host.crash()
    host.start()
    up()
    assert allowed() == {owner}
    assert slots() == empty and update("status")[1]["running"] == flashed, slots()
    status, answer = update("install")
    assert status == 0 and answer["done"], answer
    size = int(client.succeed(f"stat -c %s {image}"))
    print(f"of {size} bytes {answer['fetched']} came over the network, {answer['saved']} were there: {answer['fetched'] / size:.1%}")
    assert answer["fetched"] < 0.15 * size, answer
    assert entries() == [f"punktfunk_{flashed}.efi", f"punktfunk_{GOOD}+3.efi"], entries()

with subtest("power cuts before the first start and in its midst: the third start is the new version, kept because it streams"):
    host.crash()
    host.start()
    host.succeed("true")
    host.crash()
    host.start()
    up()
    host.wait_until_succeeds(f"test -e {ENTRIES}/punktfunk_{GOOD}.efi", timeout=300)
    assert entries() == [f"punktfunk_{flashed}.efi", f"punktfunk_{GOOD}.efi"], entries()
    answer = update("status")[1]
    assert (answer["running"], answer["phase"], answer["last"]["outcome"]) == (GOOD, "idle", "good"), answer
    assert slots() == [*empty[:2], f"punktfunk-verity_{GOOD}", f"punktfunk_{GOOD}"], slots()
    assert allowed() == {owner}

with subtest("the device streams from the new version without being asked for"):
    draw = "punktfunk-painter --picture 1 --write-ppm /run/drawn.ppm"
    host.succeed(f"systemd-run --quiet --unit=painter --property=Type=exec {draw}", timeout=60)
    host.wait_until_succeeds("journalctl -b -u painter.service -o cat | tail -n 1 | grep 'on the screen'", timeout=60)
    host.copy_from_vm("/run/drawn.ppm")
    options = "--mode 640x480@30 --seconds 6 --out seen.png --json"
    client.succeed(f"punktfunk-client connect {address} --tofu --identity owner {options}", timeout=120)
    client.copy_from_vm("seen.png")
    ratio = psnr(read_png(client.out_dir / "seen.png"), Picture.from_ppm((host.out_dir / "drawn.ppm").read_bytes()))
    print(f"{ratio:.1f} dB")
    assert ratio > ALIKE, f"only {ratio:.1f} dB"

with subtest("a version that cannot stream is gone back from by itself within three starts, and the reason is kept"):
    publish(BROKEN)
    assert update("install")[0] == 0
    # A little later, so that this command is answered before its shell is gone.
    host.succeed("systemd-run --quiet --on-active=3 systemctl reboot", timeout=60)
    # The restart that was asked for, and three that its gate asks for.
    for _ in range(4):
        host.wait_for_shutdown()
        host.start()
    up()
    answer = update("status")[1]
    assert (answer["running"], answer["last"]["outcome"]) == (GOOD, "went_back"), answer
    assert "libx264" in answer["last"]["reason"], answer
    assert entries() == [f"punktfunk_{GOOD}.efi", f"punktfunk_{BROKEN}+0-3.efi"], entries()
    assert allowed() == {owner}
    refused("install", "went_back")

host.shutdown()

with subtest("systemd-sysupdate reads the slots and the boot entries by its own conventions"):
    found = versions_on_disk()
    print(found)
    assert found == {GOOD: True, BROKEN: True}, found
