#!/usr/bin/env python3
"""Proves of the NixOS part what can be proven without nixpkgs: `run.py --bin target/debug`."""

import argparse
import builtins
import configparser
import os
import re
import subprocess
import symtable
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from nix import Nix
from units import check_units
from words import check_words

NIXOS = Path(__file__).resolve().parent.parent
REPOSITORY = NIXOS.parent

TIER = """\
Proven: syntax; what the modules make of a configuration, in a small library and strict stubs of NixOS' options; that the
host takes the good policies and refuses the bad ones, as text and in a built derivation; that the shipped units, with
NixOS' paths and drop-ins, are units that systemd understands, and shut in.
Not proven here: anything against nixpkgs itself. That the packages build, that the machines and the image boot, and the
scenarios under the NixOS test driver are for who has Nix and a network: `nix flake check -L`."""


def main() -> int:
    """Exit status: 0 when everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, metavar="DIR", help="where the programs are: target/debug")
    programs = parser.parse_args().bin.resolve()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="punktfunk-nix-") as scratch:
        folder = Path(scratch)
        nix = Nix(folder / "nix", programs)
        tally.take("every file parses", nix.parse(sorted([REPOSITORY / "flake.nix", *NIXOS.rglob("*.nix")])))
        for name, fault in sentences(nix):
            tally.take(name, fault)
        for name, fault in mistakes(nix):
            tally.take(name, fault)
        for name, fault in policies(nix, programs / "punktfunk-host", folder):
            tally.take(name, fault)
        for name, fault in builds(nix):
            tally.take(name, fault)
        book = examples(nix, programs / "punktfunk-host", folder)
        for name, fault in [*definitions(nix), *scripts(nix), *check_words(nix.value("given")), *book]:
            tally.take(name, fault)
        for kind in ("machine", "flashed"):
            for name, fault in units(nix, kind, folder):
                tally.take(f"{name} ({kind})", fault)
        # What the store made read-only would stop the folder from being removed.
        subprocess.run(["chmod", "-R", "u+w", scratch], check=False)
    print(f"{tally.passed} held, {tally.failed} did not")
    print(TIER)
    return 1 if tally.failed else 0


class Tally:
    """Counts what held, and prints what did not."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def take(self, name: str, fault: str) -> None:
        """A sentence, and what speaks against it."""
        if not fault:
            self.passed += 1
            return
        self.failed += 1
        print(f"NOT SO: {name}\n{fault.rstrip()}", flush=True)


Checked = Iterator[tuple[str, str]]


def sentences(nix: Nix) -> Checked:
    """The sentences of eval.nix."""
    for result in nix.value("results"):
        yield result["name"], "" if result["ok"] else "it evaluates to false"


def mistakes(nix: Nix) -> Checked:
    """Mistakes in a configuration, each of which must stop the evaluation for its own reason."""
    fine, said = nix.evaluates("withoutMistake")
    yield "a configuration without a mistake evaluates", "" if fine else said
    for name, words in nix.value("mistakesSay").items():
        fine, said = nix.evaluates(f"mistakes.{name}")
        fault = "it evaluates" if fine else "" if words in said else f"fails for another reason than {words}:\n{said}"
        yield f"{name} stops the evaluation", fault


def policies(nix: Nix, host: Path, folder: Path) -> Checked:
    """Rendered settings, and the policies of the scenarios, before the host."""
    # The name that the module gives the text, and that the faults are reported against.
    file = folder / "services.punktfunk.settings"
    for name, text in nix.value("good").items():
        file.write_text(text)
        status, said = _check(host, file)
        yield f"the host takes the policy {name}", "" if status == 0 else said
    for name, case in nix.value("bad").items():
        file.write_text(case["text"])
        status, said = _check(host, file)
        missing = [words for words in case["says"] if words not in said]
        yield f"the host refuses the policy {name}", "" if status == 2 and not missing else f"{missing} not in: {said}"
    for policy in sorted((REPOSITORY / "vm-tests" / "scenarios").glob("*.yaml")):
        # A scenario about a bad policy says so by its file's name.
        bad = "bad" in policy.stem.split("_")
        status, said = _check(host, policy)
        yield f"the policy of the scenario {policy.stem} is {'bad' if bad else 'good'}", "" if (status == 2) == bad else said


def builds(nix: Nix) -> Checked:
    """The derivation that checks a policy, built with this host."""
    for attribute in ("policy", "fromFile"):
        built, said = nix.build(attribute)
        fault = "" if built and built[0].read_text() else said
        yield f"a good {attribute} builds", fault
    built, said = nix.build("refused")
    missing = [words for words in nix.value("bad")["misspelt"]["says"] if words not in said]
    yield "a bad policy fails the build, with file, key and remedy", "" if not built and not missing else said


def examples(nix: Nix, host: Path, folder: Path) -> Checked:
    """The nix blocks of the book: flakes are parsed; modules are evaluated too, and their policies checked."""
    for page in sorted((REPOSITORY / "docs").rglob("*.md")):
        for block in re.finditer(r"^```nix( \w+)?\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
            kind = (block[1] or "").strip()
            name = f"{page.name}:{page.read_text()[: block.start()].count(chr(10)) + 1}"
            file = folder / "example.nix"
            file.write_text(block[2])
            fault = nix.parse([file])
            yield f"the block at {name} parses", fault
            if fault or kind == "flake":
                continue
            yield f"the module at {name} is not refused", "\n".join(nix.value("exampleRefusals", file))
            policy = folder / "services.punktfunk.settings"
            policy.write_text(nix.value("examplePolicy", file))
            status, said = _check(host, policy)
            expected = 2 if kind == "wrong" else 0
            yield f"the policy at {name} is {'wrong' if expected else 'good'}", "" if status == expected else said


def definitions(nix: Nix) -> Checked:
    """The disk's definitions, as Nix reads them and as a reader of INI files does."""
    layout = nix.value("layout")
    for kind, folder in (("repart", "repart.d"), ("first-boot", "first-boot.repart.d")):
        expected = {}
        for path in sorted((REPOSITORY / "image" / folder).glob("*.conf")):
            reader = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#", ";"))
            reader.optionxform = str  # type: ignore[assignment,method-assign]
            reader.read(path)
            version = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["workspace"]["package"]["version"]
            expected[path.stem] = {key: value.replace("%A", version) for key, value in reader["Partition"].items()}
        fault = "" if expected and layout[kind] == expected else f"{layout[kind]}\nis not\n{expected}"
        yield f"Nix reads {folder} as systemd does", fault


# What the NixOS driver gives a script besides its machines.
GIVEN = {"driver", "log", "machines", "os", "start_all", "subtest"}


def scripts(nix: Nix) -> Checked:
    """The scenarios with what is put before them for the NixOS driver."""
    for test in nix.value("testScripts"):
        try:
            missing = _unknown(test["text"]) - GIVEN - set(test["machines"])
            fault = f"nobody gives it {sorted(missing)}" if missing else ""
        except SyntaxError as error:
            fault = str(error)
        yield f"{test['name']} is a script of the NixOS driver, which has every name that it uses", fault


def _unknown(text: str) -> set[str]:
    """The names that a script uses and neither makes nor imports."""
    script = symtable.symtable(text, "testScript", "exec")
    used = {name.get_name() for table in _tables(script) for name in table.get_symbols() if name.is_global() and name.is_referenced()}
    used |= {name.get_name() for name in script.get_symbols() if name.is_referenced()}
    made = {name.get_name() for name in script.get_symbols() if name.is_assigned() or name.is_imported()}
    return used - made - set(dir(builtins))


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _tables(child)


def units(nix: Nix, kind: str, folder: Path) -> Checked:
    """The units of a machine with the module, or of a flashed box."""
    packages, said = nix.build(f"{kind}.packages")
    yield "the packages install their units with their own paths", "" if packages else said
    if packages:
        yield from check_units(packages, nix.value(f"{kind}.dropIns"), folder / kind)


def _check(host: Path, file: Path) -> tuple[int, str]:
    done = subprocess.run(
        [host, "config", "check", file.name], cwd=file.parent, capture_output=True, text=True, timeout=60,
        env={**os.environ, "NO_COLOR": "1"},
    )
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
