"""Two boxes of one name on one network: whoever looks for them sees both, apart, and reaches the one that was meant.

Given by whoever runs this: `host` and `other`, two machines on one network that have the same policy, each with a client
besides; `start_all` and `subtest`. `client` is not used.
"""

import json

BOTH = (host, other)


def json_of(machine, command):
    return json.loads(machine.succeed(f"{command} --json", timeout=60).splitlines()[-1])


def found_from(machine):
    """What a client on that machine finds, by fingerprint, once it finds both."""
    find = "punktfunk-client discover --timeout 3s --json"
    machine.wait_until_succeeds(f"test $({find} | grep -o unverified_fingerprint | wc -l) = 2", timeout=180)
    found = json_of(machine, "punktfunk-client discover --timeout 3s")
    print(f"{machine.name} finds {[(one['name'], one['addresses']) for one in found]}")
    assert len(found) == 2, found
    return {one["unverified_fingerprint"]: one for one in found}


start_all()
other.start()

with subtest("two boxes come up, each with an identity of its own and the name that both were given"):
    for machine in BOTH:
        machine.wait_for_unit("punktfunk.service", timeout=400)
        machine.wait_for_open_port(47990, timeout=120)
    status = {machine.name: json_of(machine, "punktfunk-host status") for machine in BOTH}
    assert {one["name"] for one in status.values()} == {"Living Room"}, status
    prints = {name: one["fingerprint"] for name, one in status.items()}
    assert len(set(prints.values())) == 2, prints

with subtest("whoever looks from anywhere on the network finds both, under names and at addresses that tell them apart"):
    seen = [found_from(machine) for machine in BOTH]
    for found in seen:
        assert set(found) == set(prints.values()), (found, prints)
        names = [one["name"] for one in found.values()]
        assert len(set(names)) == 2 and all("Living Room" in name for name in names), names
        here, there = (set(one["addresses"]) for one in found.values())
        # QEMU's own network, where a test driver has one, is the same for all.
        apart = {address for address in here ^ there if not address.startswith("10.0.2.")}
        assert not {address for address in here & there if not address.startswith("10.0.2.")}, (here, there)
        assert apart, (here, there)
    # Each is called the same wherever one looks from.
    assert {key: one["name"] for key, one in seen[0].items()} == {key: one["name"] for key, one in seen[1].items()}, seen

with subtest("a device that knocks at the one is shown at that one alone, and knows whom it speaks to"):
    meant = seen[0][prints[other.name]]
    at = next(address for address in meant["addresses"] if not address.startswith(("10.0.2.", "[")))
    host.execute(f"punktfunk-client connect {at} --tofu --identity visitor --name Visitor --timeout 8s --frames 1 --json", timeout=60)
    assert len(json_of(other, "punktfunk-host pair pending")) == 1
    assert json_of(host, "punktfunk-host pair pending") == []
    # The same name at the other address is another box, and is not taken for the one that was seen first.
    own = next(address for address in seen[0][prints[host.name]]["addresses"] if not address.startswith(("10.0.2.", "[")))
    stranger = f"punktfunk-client connect {own} --pin-host {prints[other.name]} --identity visitor --timeout 8s --frames 1 --json"
    status, output = host.execute(stranger, timeout=60)
    print(output)
    assert status != 0, output
    assert json_of(host, "punktfunk-host pair pending") == []

for machine in BOTH:
    machine.crash()
