"""What a scenario may not say, because one of its two guests has no such thing: the Debian one, or that of NixOS."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parent.parent.parent / "vm-tests" / "scenarios"

# Paths that NixOS does not have, but where its guest makes a link.
_PLACE = re.compile(r"(?<![\w/.{}-])/(?:usr|lib|lib64|sbin|bin)(?:/[\w.@-]+)*")
_EVERYWHERE = ("/bin/sh", "/usr/bin/env")
# By word: which package of NixOS its guest would have to be given, or nothing where the Debian guest lacks it as well.
_PROGRAMS = {
    "busybox": "busybox",
    "evtest": "evtest",
    "mkfs.erofs": "erofs-utils",
    "nixos-rebuild": "",
    "apt-get": "",
    "dpkg": "",
    "curl": "",
    "jq": "",
    "perl": "",
    "python3": "",
    "veritysetup": "cryptsetup",
}
# Users that Debian makes on every machine.
_USERS = ("daemon", "bin", "sys", "games", "man", "mail", "news", "proxy", "www-data", "backup", "list")
_USER = re.compile(rf"(?:USER = \"|--uid=|runuser -u |chown |\bsu |punktfunk-apps@)({'|'.join(_USERS)})\b")
# A transient unit of NixOS finds no program by its name, but the one that it starts.
_SHELL = re.compile(r"systemd-run (?!.*--setenv=PATH\b).*?\b(?:ba)?sh -c")

# Where a scenario has the tests of devices look for programs, and which they look for.
_PROGRAMS_OF_TESTS = re.compile(r"PUNKTFUNK_PROGRAMS=(\S+)")
_TESTS = SCENARIOS.parent.parent / "host" / "media" / "tests" / "screen.rs"

# Each must be noticed, or the rules have a hole.
_SAMPLES = (
    'host.succeed("/usr/libexec/punktfunk/factory-reset")',
    'host.succeed("ls /usr/lib/systemd")',
    'host.succeed("/sbin/veritysetup status usr")',
    "- busybox setsid sh -c 'true'",
    'USER = "bin"',
    'host.succeed("systemd-run --uid=daemon true")',
    'host.succeed("curl http://localhost")',
    'host.succeed(f"systemd-run --quiet bash -c {order}")',
)
_FINE = (
    'host.succeed("blkid /dev/mapper/usr; sh -c true; /bin/sh -c true")',
    'host.succeed("systemd-run --quiet --setenv=PATH bash -c true")',
)


def check_words(given: Sequence[dict[str, list[str]]]) -> Iterator[tuple[str, str]]:
    """Of the scenarios, by what the guests of NixOS are given: sentences, and what speaks against them."""
    unnoticed = [sample for sample in _SAMPLES if not list(_missing([sample], [], [], []))]
    yield "what a guest lacks is noticed", f"not noticed: {unnoticed}" if unnoticed else ""
    yield "what both guests have is let pass", "\n".join(_missing(_FINE, [], [], []))
    for test in given:
        name = str(test["name"]).removeprefix("punktfunk-")
        faults = []
        for path in (SCENARIOS / f"{name}.py", SCENARIOS / f"{name}.yaml"):
            lines = path.read_text().splitlines()
            faults += [f"{path.name}:{fault}" for fault in _missing(lines, test["links"], test["packages"], test["users"])]
            for folder in _PROGRAMS_OF_TESTS.findall(path.read_text()):
                places = {f"{folder}/{name}" for name in re.findall(r'program\("([\w-]+)"\)', _TESTS.read_text())}
                faults += [f"{path.name}: NixOS has no {place}" for place in sorted(places - set(test["links"]))]
        yield f"{name} asks for nothing that only one of its guests has", "\n".join(faults)


def _missing(
    lines: Sequence[str], links: Sequence[str], packages: Sequence[str], users: Sequence[str]
) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("#"):
            continue
        for place in _PLACE.findall(line):
            linked = any(f"{link}/".startswith(f"{place}/") or f"{place}/".startswith(f"{link}/") for link in links)
            if place not in _EVERYWHERE and not linked:
                yield f"{number}: NixOS has no {place}"
        for word, package in _PROGRAMS.items():
            if re.search(rf"(?<![\w./-]){re.escape(word)}(?![\w.-])", line) and package not in packages:
                yield f"{number}: no {word}" + (f"; give the guest of NixOS {package}" if package else " on either guest")
        for user in set(_USER.findall(line)) - set(users):
            yield f"{number}: NixOS has no user {user}"
        if _SHELL.search(line):
            yield f"{number}: without --setenv=PATH the shell finds no program on NixOS"
