"""Asks a running host for everything that its OpenAPI document offers, rightly and wrongly, and holds it to its word.

Schemathesis makes the requests up from the document. Whatever the host answers has to be what the document says, and
never a failure of its own.
"""

import argparse
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs/api/openapi.json"
PATIENCE = 60  # seconds, for whatever a busy machine does once
LIMIT = 300  # seconds, for a run that hangs
PASSWORD = "vier blaue Gänse im Nebel"
COOKIE = "__Host-punktfunk"
SEED = 3
EXAMPLES = 40

# What cannot be asked for at random, each with its reason.
LEFT_OUT = {
    "GET /api/v1/events": "an event stream has no end to wait for",
    "DELETE /api/v1/tokens/{id}": "it may end the token of this very run",
    "DELETE /api/v1/browsers/{id}": "it may end the session of this very run",
}
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "unsupported_method", "allow_header_conformance", "ignored_auth",
]
# What the owner alone may do, in a browser.
OWNERS = ["/api/v1/browsers", "/api/v1/preview", "/api/v1/proof", "/api/v1/tokens"]


class Local(http.client.HTTPConnection):
    """The operator on the box itself: HTTP over the control socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self.path))


def remote(port: int) -> http.client.HTTPConnection:
    """Somebody on the network, who takes whatever certificate the host has made itself."""
    context = ssl._create_unverified_context()
    return http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=PATIENCE)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: object = None, headers: dict = {}) -> tuple[dict, str]:
    """What was answered, and the cookies that came with it; a refusal is raised."""
    headers = headers | ({"content-type": "application/json"} if body is not None else {})
    connection.request(method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text}")
    cookies = (value.split(";")[0] for value in answer.headers.get_all("set-cookie") or [])
    return json.loads(text or "null"), "; ".join(cookies)


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what: str, attempt):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except (OSError, RuntimeError) as error:
            if time.monotonic() > end:
                raise RuntimeError(f"waited {PATIENCE} s in vain for {what}: {error}") from error
            time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help="where the programs are")
    parser.add_argument("--schemathesis", type=Path, required=True)
    parser.add_argument("rest", nargs="*", help="more arguments for schemathesis")
    options = parser.parse_args()
    options.bin, options.schemathesis = options.bin.resolve(), options.schemathesis.absolute()

    with tempfile.TemporaryDirectory(prefix="punktfunk-api-") as name:
        folder = Path(name)
        console, native = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
        policy = folder / "policy.yaml"
        policy.write_text(
            f"schema: 1\ndoors: {{ native: {{ port: {native} }} }}\ncapture: {{ source: test-card }}\n"
            f"console: {{ listen: [127.0.0.1], port: {console}, reauth: 24h }}\n"
        )
        environment = {"PATH": os.environ["PATH"], "HOME": name}
        serve = ["serve", "--config", policy, "--state-dir", folder / "state", "--runtime-dir", folder / "run"]
        running = []
        try:
            with open(folder / "log", "w") as log:
                running.append(subprocess.Popen([options.bin / "punktfunk-host", *serve], stdout=log, stderr=log, env=environment))
            here = folder / "run/control.sock"
            until("the host", lambda: ask(Local(here), "GET", "/health"))
            token, session = own(here, console)
            # somebody to ask about
            knock = ["connect", f"127.0.0.1:{native}", "--tofu", "--identity", folder / "device", "--timeout", f"{LIMIT}s"]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
            running.append(subprocess.Popen([options.bin / "punktfunk-client", *knock], **quiet))
            origin = f"https://127.0.0.1:{console}"
            paths = [argument for path in OWNERS for argument in ("--include-path", path)]
            good = schemathesis(options, folder, origin, f'token = {{ bearer = "{token}" }}', [])
            good = schemathesis(options, folder, origin, f'session = {{ api_key = "{session}" }}', paths) and good
            if running[0].poll() is not None:
                print(f"api: the host ended:\n{(folder / 'log').read_text()}", file=sys.stderr)
                return 1
            # neither right was lost on the way, with only refusals looked at from then on
            ask(remote(console), "GET", "/status", headers={"authorization": f"Bearer {token}"})
            ask(remote(console), "GET", "/browsers", headers={"cookie": f"{COOKIE}={session}"})
            return 0 if good else 1
        finally:
            for process in running:
                process.kill()
                process.wait()


def own(here: Path, port: int) -> tuple[str, str]:
    """Claims the box; a token that may do everything, and the session of a browser."""
    code = ask(Local(here), "GET", "/claim-code")[0]["code"]
    _, cookie = ask(remote(port), "POST", "/claim", {"code": code, "password": PASSWORD})
    made, _ = ask(remote(port), "POST", "/tokens", {"name": "The API's own test", "scope": "all"}, {"cookie": cookie})
    [session] = [value for name, _, value in (part.partition("=") for part in cookie.split("; ")) if name == COOKIE]
    return made["token"], session


def schemathesis(options: argparse.Namespace, folder: Path, origin: str, right: str, only: list[str]) -> bool:
    """One run with one right to ask; whether nothing was found."""
    config = folder / "schemathesis.toml"
    config.write_text(f"[auth.openapi]\n{right}\n")
    left_out = []
    for operation, why in LEFT_OUT.items():
        if not only:
            print(f"left out: {operation}: {why}", flush=True)
        left_out += ["--exclude-name", operation]
    command = [
        options.schemathesis, "--config-file", config, "run", DOCUMENT, "--origin", origin,
        "--tls-verify", "false", "--checks", ",".join(CHECKS), *only, *left_out, "--seed", str(SEED),
        "--max-examples", str(EXAMPLES), "--generation-database", "none", "--no-color", "--workers", "2",
        "--request-timeout", str(PATIENCE), "--suppress-health-check", "all", "--warnings", "off", *options.rest,
    ]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}  # the certificate is the host's own
    return subprocess.run(command, timeout=LIMIT, env=quiet, cwd=folder).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
