"""A unified kernel image: kernel, initramfs and command line behind systemd's EFI stub, as one program."""

import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .errors import MachineError

# In Debian's package systemd-boot-efi.
EFI = Path("/usr/lib/systemd/boot/efi")
STUB = EFI / "linuxx64.efi.stub"
BOOT_LOADER = EFI / "systemd-bootx64.efi"
_PAGE = 4096


def build(target: Path, sections: Mapping[str, Path]) -> None:
    """Writes `target`: the stub with these sections (`.osrel`, `.cmdline`, `.linux`, `.initrd`) behind its own."""
    command = ["objcopy"]
    at = _aligned(image_end(STUB.read_bytes()))
    for name, path in sections.items():
        command += ["--add-section", f"{name}={path}", "--change-section-vma", f"{name}={at:#x}"]
        at = _aligned(at + path.stat().st_size)
    done = subprocess.run([*command, str(STUB), str(target)], capture_output=True, text=True)
    if done.returncode != 0:
        raise MachineError(f"objcopy failed: {done.stderr.strip()}")


def cpio(name: str, data: bytes) -> bytes:
    """An archive of one executable file, as the kernel unpacks it (newc) after those before it in an initramfs."""
    return _entry(name, 0o100755, data) + _entry("TRAILER!!!", 0, b"")


def image_end(program: bytes) -> int:
    """The address behind the last section of a 64-bit PE program."""
    (header,) = struct.unpack_from("<I", program, 0x3C)
    if program[header : header + 4] != b"PE\0\0" or struct.unpack_from("<H", program, header + 24)[0] != 0x20B:
        raise MachineError(f"{STUB} is no 64-bit EFI program")
    count, optional = struct.unpack_from("<H12xH", program, header + 6)
    (base,) = struct.unpack_from("<Q", program, header + 48)
    end = 0
    for number in range(count):
        size, address = struct.unpack_from("<II", program, header + 24 + optional + 40 * number + 8)
        end = max(end, base + address + size)
    return int(end)


def _entry(name: str, mode: int, data: bytes) -> bytes:
    encoded = name.encode() + b"\0"
    fields = (1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0)
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
    return _padded(header) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _aligned(address: int) -> int:
    return -(-address // _PAGE) * _PAGE
