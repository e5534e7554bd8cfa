"""The shipped units as NixOS has them: with the package's paths, and with what the module adds."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

# The most exposure that `systemd-analyze security` may find, in tenths. A unit that serves the network or holds a
# privilege stands here; what runs once, at boot, as root, is measured by what it does.
EXPOSURE = {"punktfunk.service": 20, "punktfunk-screen.service": 15, "punktfunk-card.service": 15}


# By unit and section, what NixOS adds.
DropIns = Mapping[str, Mapping[str, Mapping[str, object]]]


def check_units(packages: list[Path], drop_ins: DropIns, place: Path) -> Iterator[tuple[str, str]]:
    """What systemd says to the units of `packages` under `drop_ins`, as sentences and faults."""
    place.mkdir()
    shipped = sorted(unit for package in packages for unit in (package / "lib" / "systemd" / "system").iterdir())
    for unit in shipped:
        (place / unit.name).write_text(unit.read_text())
    unknown = [name for name in drop_ins if not (place / f"{_shipped(name)}.service").exists()]
    yield "the module adds only to units that are shipped", f"not shipped: {unknown}" if unknown else ""
    for name, sections in drop_ins.items():
        extension = place / f"{name}.service.d"
        extension.mkdir()
        (extension / "overrides.conf").write_text("".join(map(_section, sections.items())))

    for unit in shipped:
        # An unknown word is a warning with status 0, so that anything said is a fault.
        done = _analyze("verify", "--man=no", str(place / unit.name))
        yield f"systemd has nothing to say about {unit.name}", _about(done.stderr)
    for unit, most in EXPOSURE.items():
        done = _analyze("security", "--offline=true", f"--threshold={most}", "--no-pager", str(place / unit))
        fault = "" if done.returncode == 0 else done.stdout[-400:] + done.stderr
        yield f"the exposure of {unit} is at most {most / 10}", fault
        print(f"{place.name}: {done.stdout.strip().splitlines()[-1].lstrip('→ ')}")


def _shipped(name: str) -> str:
    """An instance is made from its template."""
    stem, at, _ = name.partition("@")
    return stem + at


def _section(section: tuple[str, Mapping[str, object]]) -> str:
    name, keys = section
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items())


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60)


def _about(said: str) -> str:
    # The machine's own units may have faults too; those lie elsewhere and are not ours.
    elsewhere = ("/lib/systemd/", "/usr/lib/systemd/", "/etc/systemd/")
    return "\n".join(line for line in said.splitlines() if not line.startswith(elsewhere))
