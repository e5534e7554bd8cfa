"""A guest, driven by the calls that the NixOS test driver has (the subset that scenarios use).

Bare numbers are seconds. Every call has a deadline. Calls that need a booted guest start it.
"""

import re
import shlex
import shutil
from pathlib import Path

from pictures import Picture, write_png

from . import stuck
from .commands import Commands
from .deadline import DEFAULT, Deadline, retry
from .errors import DeadlineExceeded, MachineError, RequestedAssertionFailed
from .log import log
from .monitor import Monitor
from .qemu import Hardware, Qemu
from .shell import Shell

# Seconds from power on to the root shell, on a busy machine without virtualisation.
BOOT = 600
# Seconds for QEMU's own part of a call.
PROMPT = 60

_KEY_NAMES = {" ": "spc", "\n": "ret", "-": "minus", ".": "dot", ",": "comma", "/": "slash", "=": "equal", ";": "semicolon"}


class Machine(Commands):
    """One guest. `out_dir` receives the files that the calls keep: console, screenshots, copies."""

    def __init__(self, name: str, hardware: Hardware, folder: Path, out_dir: Path) -> None:
        self.name = name
        self.hardware = hardware
        self.out_dir = out_dir
        self.shared = folder / "shared"
        self._folder = folder
        self._qemu: Qemu | None = None
        self._shell: Shell | None = None
        self._monitor: Monitor | None = None
        self._console_read = 0
        self._console_began = 0
        self._allow_reboot = False
        self.shared.mkdir(parents=True, exist_ok=True)
        out_dir.mkdir(parents=True, exist_ok=True)

    # Power.

    def start(self, allow_reboot: bool = False) -> None:
        """Switches the machine on and returns at once; nothing when it is on already."""
        if self._qemu is not None:
            return
        log(f"{self.name}: power on")
        self._allow_reboot = allow_reboot
        self._console_began = len(self.get_console_log())
        self._qemu = Qemu(self.hardware, self._folder, self.shared, allow_reboot)

    def connect(self, timeout: float = BOOT) -> None:
        """Waits for the root shell."""
        if self._shell is not None:
            return
        self.start()
        deadline = Deadline(timeout, f"{self.name}'s root shell")
        for again in range(stuck.AGAIN + 1):
            assert self._qemu is not None
            qemu = self._qemu
            with stuck.given_up(lambda: self.get_console_log()[self._console_began :], qemu.kill) as is_stuck:
                try:
                    self._shell = Shell.accept(qemu.listener, deadline)
                    break
                except (DeadlineExceeded, MachineError, OSError):
                    if not is_stuck.is_set() or again == stuck.AGAIN:
                        qemu.check()
                        raise
            log(f"{self.name}: the emulator got stuck (driver/stuck.py); off and on again")
            self._forget()
            self.start(self._allow_reboot)
        log(f"{self.name}: root shell after {timeout - deadline.left():.0f} s")

    def shutdown(self, timeout: float = 180) -> None:
        """Asks the guest to power off, and waits until it has."""
        if self._qemu is None:
            return
        self.connect()
        assert self._shell is not None
        self._shell.send("poweroff")
        deadline = Deadline(timeout, f"{self.name} to power off")
        qemu = self._qemu
        retry(lambda: not qemu.running(), deadline, pause=0.2)
        self._forget()
        log(f"{self.name}: powered off")

    def wait_for_shutdown(self, timeout: float = DEFAULT) -> None:
        """Waits until the guest has powered itself off."""
        if self._qemu is None:
            return
        qemu = self._qemu
        retry(lambda: not qemu.running(), Deadline(timeout, f"{self.name} to power off"), pause=0.2)
        self._forget()

    def crash(self) -> None:
        """A power cut; nothing when the machine is off."""
        if self._qemu is not None:
            log(f"{self.name}: power cut")
            self._forget()

    def is_up(self) -> bool:
        """Whether the root shell answers."""
        return self._shell is not None

    def keep_journal(self) -> None:
        """Puts the guest's journal into the output folder, if the guest still answers."""
        if self._shell is None:
            return
        try:
            _, text = self.execute("journalctl --no-pager -b -o short-monotonic", timeout=PROMPT)
        except (MachineError, RequestedAssertionFailed) as error:
            log(f"{self.name}: no journal: {error}")
            return
        (self.out_dir / ("journal.txt" if self.name == "host" else f"{self.name}-journal.txt")).write_text(text)

    def _forget(self) -> None:
        if self._shell is not None:
            self._shell.close()
        if self._monitor is not None:
            self._monitor.close()
        if self._qemu is not None:
            self._qemu.kill()
        self._shell, self._monitor, self._qemu = None, None, None

    # Commands; `Commands` builds the rest on this one.

    def execute(
        self, command: str, check_return: bool = True, check_output: bool = True, timeout: int | None = DEFAULT
    ) -> tuple[int, str]:
        """Runs `command` in the guest's bash: (exit status, standard output)."""
        self.connect()
        assert self._shell is not None
        try:
            status, output = self._shell.execute(command, timeout or DEFAULT, check_output)
        except Exception:
            self._shell.close()
            self._shell = None
            if self._qemu is not None:
                self._qemu.check()
            raise
        return (status if check_return else -1), output

    # The console.

    def get_console_log(self) -> str:
        """Everything that the guest wrote on its serial port, over all boots."""
        path = self._folder / "console.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for_console_text(self, regex: str, timeout: int | None = None) -> None:
        """Waits for serial output that matches, from where the last such call stopped reading."""
        self.start()
        found = re.compile(regex, re.MULTILINE)

        def look() -> bool:
            match = found.search(self.get_console_log(), self._console_read)
            if match:
                self._console_read = match.end()
            elif self._qemu is not None:
                self._qemu.check()
            return match is not None

        retry(look, Deadline(timeout or DEFAULT, f"/{regex}/ on the console of {self.name}"), pause=0.2)

    # Files.

    def copy_from_host(self, source: str, target: str) -> None:
        """Copies a file or folder of the test machine into the guest."""
        staged = self.shared / "in"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        here, inside = Path(source), staged / Path(source).name
        if here.is_dir():
            shutil.copytree(here, inside)
        else:
            shutil.copy2(here, inside)
        guest = shlex.quote(target)
        parent = shlex.quote(str(Path(target).parent))
        self.succeed(f"mkdir -p {parent}", f"cp -r /tmp/shared/in/{shlex.quote(inside.name)} {guest}")
        shutil.rmtree(staged)

    def copy_from_vm(self, source: str, target_dir: str = "") -> None:
        """Copies a file or folder of the guest into the test's output folder."""
        staged = self.shared / "out"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        self.succeed(f"cp -r --no-preserve=all {shlex.quote(source)} /tmp/shared/out/")
        folder = self.out_dir / target_dir
        folder.mkdir(parents=True, exist_ok=True)
        here = staged / Path(source).name
        if here.is_dir():
            shutil.copytree(here, folder / here.name, dirs_exist_ok=True)
        else:
            shutil.copy2(here, folder / here.name)
        shutil.rmtree(staged, ignore_errors=True)

    # Screen, keyboard, cable.

    def screenshot(self, filename: str) -> None:
        """What the guest's monitor shows, as a PNG: a bare name lands in the output folder."""
        path = self.out_dir / (filename if filename.endswith(".png") else f"{filename}.png")
        write_png(path, self.screen())

    def screen(self) -> Picture:
        """What the guest's monitor shows."""
        raw = self._folder / "screen.ppm"
        raw.unlink(missing_ok=True)
        self._control().command("screendump", filename=str(raw))
        return Picture.from_ppm(raw.read_bytes())

    def send_key(self, key: str, delay: float | None = 0.01) -> None:
        """Presses keys of the guest's own keyboard, such as `ctrl-alt-delete`."""
        keys = [{"type": "qcode", "data": _KEY_NAMES.get(part, part)} for part in key.split("-")]
        self._control().command("send-key", **{"keys": keys, "hold-time": max(1, int((delay or 0.01) * 1000))})

    def send_chars(self, chars: str, delay: float | None = 0.01) -> None:
        """Types a text on the guest's own keyboard."""
        for char in chars:
            name = _KEY_NAMES.get(char, char.lower())
            keys = (["shift"] if char.isupper() else []) + [name]
            codes = [{"type": "qcode", "data": key} for key in keys]
            self._control().command("send-key", **{"keys": codes, "hold-time": max(1, int((delay or 0.01) * 1000))})

    def send_monitor_command(self, command: str) -> str:
        """A line for QEMU's human monitor."""
        return self._control().human(command)

    def block(self) -> None:
        """Pulls the network cable."""
        self._control().command("set_link", name="cable", up=False)

    def unblock(self) -> None:
        """Puts the network cable back."""
        self._control().command("set_link", name="cable", up=True)

    def _control(self) -> Monitor:
        self.start()
        assert self._qemu is not None
        if self._monitor is None:
            self._monitor = Monitor(str(self._qemu.monitor_path), Deadline(PROMPT, "QEMU's monitor"))
        return self._monitor
