"""The power fails at any point of an update: the box starts, one slot at least is whole, and it knows who may stream.

One update is done from beginning to end while every write to the disk is recorded. From the record comes the disk as a
power cut at any point would have left it; of a number of points in each phase, the box is started from that.

Given by whoever runs this, beside what update.py is given, of which only the good version is used: `recorded`, how many
writes there were so far; `phases`, which finds the points; `leave_disk_at`, which puts the disk of one into a machine that
is off and returns what could be started from it; `boxes`, machines to start; `points` for each phase.
"""

import json
import queue
import shlex
from concurrent.futures import ThreadPoolExecutor

GOOD = min(releases)
ENTRIES = "/efi/EFI/Linux"


def json_of(machine, verb):
    return json.loads(machine.succeed(f"{verb} --json", timeout=60))


def up(machine):
    """Waits for the streaming host."""
    # Two boxes start at once, on a machine that may have other work.
    machine.wait_for_unit("punktfunk.service", timeout=900)
    machine.wait_for_open_port(47990, timeout=300)


def allowed(machine):
    return {device["fingerprint"] for device in json_of(machine, "punktfunk-host pair list")}


def publish(version):
    images = " ".join(f"--{name} {releases[version]}/{name}.{kind}" for name, kind in (("usr", "raw"), ("verity", "raw"), ("uki", "efi")))
    client.succeed(f"punktfunk-update bundle --out {feed_folder} --no-password --release {version} {images} --key publisher.key", timeout=300)


def pair(name):
    # The host rests after every attempt.
    client.succeed("sleep 3")
    armed = json_of(host, "punktfunk-host pair arm")
    client.execute(f"sleep {armed.get('usable_in_secs') or 0}")
    client.succeed(f"punktfunk-client pair {address} --pin {armed['pin']} --identity {name} --name {name} --json", timeout=60)


for machine in (host, client):
    machine.start()

with subtest("a box that lets one device in, has thrown another out, and knows whose updates it may take"):
    up(host)
    key = json.loads(client.succeed("punktfunk-update keygen publisher --no-password --json"))["key"]
    section = f"update: {{ feed: {feed!r}, keys: [{key!r}], window: manual }}\n"
    mounted = "mkdir -p /run/pc && mount /dev/disk/by-partlabel/PUNKTFUNK /run/pc"
    host.succeed(f"{mounted} && printf %s {shlex.quote(section)} >> /run/pc/punktfunk.yaml && umount /run/pc", timeout=60)
    host.succeed("systemctl restart punktfunk-policy.service", timeout=120)
    up(host)
    pair("lost")
    (lost,) = allowed(host)
    pair("owner")
    (owner,) = allowed(host) - {lost}
    host.succeed(f"punktfunk-host pair revoke {lost}", timeout=60)
    flashed = json_of(host, "punktfunk-update status")["running"]
    # Where a fresh flash has to earn its place too, it has.
    host.wait_until_succeeds(f"test -e {ENTRIES}/punktfunk_{flashed}.efi", timeout=300)

with subtest("an update from its beginning to its end, every write of it recorded"):
    publish(GOOD)
    # What was done so far is on the disk to stay.
    host.succeed("sync")
    begun = recorded()
    answer = json.loads(host.succeed("punktfunk-update install --json", timeout=600).splitlines()[-1])
    assert answer["done"], answer
    installed = recorded()
    host.shutdown()
    off = recorded()
    host.start()
    host.wait_until_succeeds("systemctl show -P ActiveState punktfunk-gate.service | grep -qx -e activating -e active", timeout=400)
    gate = recorded()
    host.wait_until_succeeds(f"test -e {ENTRIES}/punktfunk_{GOOD}.efi", timeout=300)
    host.wait_until_succeeds("punktfunk-update status --json | grep -q '\"outcome\":\"good\"'", timeout=60)
    host.succeed("sync")
    blessed = recorded()
    host.crash()

with subtest("no write of it, not one, touched the slot that ran"):
    found = phases(begun=begun, installed=installed, off=off, gate=gate, blessed=blessed)
    for phase, cuts in found.items():
        print(f"{phase}: {len(cuts)} points of {cuts.writes}")
        assert len(cuts) == points, (phase, cuts)


def tried(machine, phase, cut):
    """Starts `machine` as the power cut left its disk, and looks at it."""
    startable = leave_disk_at(machine, cut)
    what = f"{phase}, {cut}: {[(entry.name, entry.fault) for entry in startable]}"
    whole = [entry for entry in startable if entry.fault is None]
    assert any(entry.good for entry in whole), what
    # What the boot loader would try first and could not start costs a try, and never the box.
    machine.start()
    up(machine)
    status = json_of(machine, "punktfunk-update status")
    assert status["running"] in {entry.name.split("_")[1].split("+")[0].removesuffix(".efi") for entry in whole}, (what, status)
    assert allowed(machine) == {owner}, (what, allowed(machine))
    print(f"{what}; {status['running']} runs, {status['phase']}")
    machine.crash()
    return status["running"]


idle = queue.SimpleQueue()
for machine in boxes:
    idle.put(machine)


def one(task):
    machine = idle.get()
    try:
        return tried(machine, *task)
    finally:
        machine.crash()
        idle.put(machine)


with subtest(f"after a power cut at {points * len(found)} points of it the box starts, with one whole slot at least and its list of devices"):
    tasks = [(phase, cut) for phase, cuts in found.items() for cut in cuts]
    with ThreadPoolExecutor(len(boxes)) as pool:
        started = list(pool.map(one, tasks))
    for (phase, cut), running in zip(tasks, started):
        wanted = {flashed} if phase in ("download", "write") else {flashed, GOOD} if phase == "flip" else {GOOD}
        assert running in wanted, (phase, cut, running)
