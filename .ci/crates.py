"""Checks every crate we build with: its licence, and that nothing of weight is there twice."""

import re
import subprocess
import sys

LICENCES = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0",
    "CC0-1.0", "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "MPL-2.0", "Unicode-3.0", "Unlicense", "WTFPL", "Zlib",
}

# One TLS provider, one HTTP stack, one runtime: a second version of these is a second copy of the weight.
ONCE = {
    "aws-lc-rs", "aws-lc-sys", "axum", "clap", "ffmpeg-next", "h2", "hyper", "quinn", "quinn-proto", "quinn-udp", "rcgen",
    "reqwest", "rustls", "serde", "serde_json", "sled", "tokio", "tracing", "x509-parser",
}
NEVER = {"ring": "aws-lc-rs is the one provider", "openssl-sys": "rustls is the one TLS", "native-tls": "rustls is the one TLS"}


def allowed(expression: str) -> bool:
    """Evaluates an SPDX expression over the allowed licences (AND binds tighter than OR)."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    position = 0

    def peek() -> str:
        return tokens[position] if position < len(tokens) else ""

    def take() -> str:
        nonlocal position
        position += 1
        return tokens[position - 1]

    def atom() -> bool:
        if peek() == "(":
            take()
            inside = either()
            take()
            return inside
        name = take()
        if peek() == "WITH":
            name = f"{name} {take()} {take()}"
        return name in LICENCES

    def both() -> bool:
        good = atom()
        while peek() == "AND":
            take()
            good = atom() and good
        return good

    def either() -> bool:
        good = both()
        while peek() == "OR":
            take()
            good = both() or good
        return good

    return either()


def main() -> int:
    # `cargo tree` knows what is really built; `cargo metadata` also lists optional crates that nobody turned on.
    command = ["cargo", "tree", "--workspace", "--locked", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}|{l}"]
    lines = set(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")) - {""}
    built = {line.removesuffix(" (*)") for line in lines}
    faults: list[str] = []
    versions: dict[str, set[str]] = {}
    for line in sorted(built):
        package, _, licence = line.partition("|")
        name, version = package.split(" ")[:2]
        versions.setdefault(name, set()).add(version)
        if not allowed(licence):
            faults.append(f"{name} {version}: licence {licence!r} is not one that we take")
        if name in NEVER:
            faults.append(f"{name} {version}: never here ({NEVER[name]}); `cargo tree -i {name}` says who asks for it")
    twice = {name: found for name, found in versions.items() if len(found) > 1}
    faults += [f"{name}: {' and '.join(sorted(twice[name]))} are both built" for name in sorted(ONCE & twice.keys())]
    for fault in faults:
        print(f"crates: {fault}", file=sys.stderr)
    small = ", ".join(sorted(twice.keys() - ONCE))
    print(f"{len(built)} crates, licences good; twice, but of no weight: {small or 'none'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
