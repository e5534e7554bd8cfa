"""The flashed image of the appliance over the Debian guest: laid out by `image/`, made from what a package installs.

It is a test's image: its slots are small, and whoever drives it has a root shell.
"""

import gzip
import hashlib
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import layout, package, uki
from .errors import MachineError
from .image import ONE_PROCESSOR, RECIPE, Image, cache
from .layout import IMAGE
from .log import log

# Images that stay in the cache: two versions, of this branch and the one before.
KEPT = 6
UNITS = (IMAGE / "units", IMAGE / "update" / "units")
PROGRAMS = (*package.PROGRAMS, "punktfunk-update")
INIT = RECIPE.parent / "appliance" / "init"
FILES = ("disk.raw", "usr.raw", "verity.raw", "uki.efi")
KERNEL_ARGUMENTS = (
    f"console=tty0 console=ttyS0 {ONE_PROCESSOR} quiet panic=-1 mitigations=off norandmaps nokaslr audit=0 apparmor=0"
    " selinux=0 random.trust_cpu=on net.ifnames=0 systemd.show_status=0 systemd.verity=no gpt"
)
# Bytes that are compressed together: more pack better and read worse at random.
CLUSTER = 16384


@dataclass(frozen=True)
class Appliance:
    """One version: the disk to flash, and the files that an update to it would fetch."""

    version: str
    root_hash: str
    disk: Path
    usr: Path
    verity: Path
    uki: Path


@dataclass(frozen=True)
class Contents:
    """What one version is made from, beside the guest image."""

    version: str
    binaries: Path
    # Files laid over the finished tree, by their path in it: what makes one version differ from another.
    extra: Mapping[str, bytes]


def ensure(base: Image, contents: Contents) -> Appliance:
    """The image of these contents, built when it is not in the cache."""
    key = fingerprint(base, contents)
    folder = cache().parent / "appliance" / key
    if folder.is_dir():
        log(f"appliance {contents.version} ({key}) is in the cache")
    else:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as scratch:
            finished = Path(scratch) / "finished"
            finished.mkdir()
            _build(base, contents, Path(scratch), finished)
            os.rename(finished, folder)
        _prune(folder.parent)
    os.utime(folder)
    root_hash = (folder / "roothash").read_text()
    return Appliance(contents.version, root_hash, *(folder / name for name in FILES))


def fingerprint(base: Image, contents: Contents) -> str:
    """Hash of everything that the image is made from."""
    digest = hashlib.sha256()
    made_by = [*map(Path, (__file__, layout.__file__, package.__file__, uki.__file__)), uki.STUB, INIT, IMAGE / "loader.conf"]
    folders = (*UNITS, package.UNITS, IMAGE / "bin", layout.FLASHED, layout.FIRST_BOOT)
    digest.update(f"{base.tree.parent.name}\0{contents.version}\0".encode())
    for folder in folders:
        for path in _files(folder):
            digest.update(f"{path.relative_to(folder.parent)}\0{os.access(path, os.X_OK)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for path in [*made_by, *(contents.binaries / name for name in PROGRAMS)]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name, data in sorted(contents.extra.items()):
        digest.update(f"{name}\0".encode() + hashlib.sha256(data).digest())
    return digest.hexdigest()[:16]


def releases() -> dict[str, dict[str, bytes]]:
    """Versions after the flashed one, and what each has that the others have not: one that is good, one that is not."""
    return {
        # A twentieth of a slot that no earlier version has, and that no compression makes small.
        "1.1.0": {"usr/share/punktfunk/filling": random.Random(11).randbytes(8 << 20)},
        # The encoder's library came out empty, so that neither the host nor anything of it starts.
        "1.2.0": {"usr/lib/x86_64-linux-gnu/libx264.so.164": b""},
    }


def flash(appliance: Appliance, disk: Path, policy: Path, mib: int, tries: int | None = None) -> None:
    """Puts the image on a disk of `mib` MiB, and `policy` on its FAT partition, as a person with a PC would.

    With `tries` the flashed version has to prove itself first, as that of a NixOS image has.
    """
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", str(appliance.disk), str(disk)], check=True)
    if disk.stat().st_size > mib << 20:
        raise MachineError(f"the image does not fit on a disk of {mib} MiB")
    with open(disk, "r+b") as raw:
        raw.truncate(mib << 20)
    offset = int((appliance.disk.parent / "policy-offset").read_text())
    _mtools("mcopy", "-o", "-i", f"{disk}@@{offset}", str(policy), "::punktfunk.yaml")
    if tries is not None:
        offset = int((appliance.disk.parent / "esp-offset").read_text())
        entry = f"::EFI/Linux/punktfunk_{appliance.version}"
        _mtools("mren", "-i", f"{disk}@@{offset}", f"{entry}.efi", f"{entry}+{tries}.efi")


def install(root: Path, contents: Contents) -> None:
    """Lays what makes a Debian tree an appliance under `root`: the package, the box's own units, its layout, its name."""
    package.install(contents.binaries, None, root, {}, PROGRAMS)
    units = root / "usr/lib/systemd/system"
    for unit in sorted(unit for folder in UNITS for unit in folder.iterdir()):
        _copy(unit, units / unit.name, 0o644)
        package.enable(root, unit)
    for program in sorted((IMAGE / "bin").iterdir()):
        _copy(program, root / "usr/libexec/punktfunk" / program.name, 0o755)
    for definition in sorted(layout.FIRST_BOOT.iterdir()):
        _copy(definition, root / "usr/lib/repart.d" / definition.name, 0o644)
    layout.sizes(layout.FIRST_BOOT, root / "usr/lib/repart.d")
    for place in ("efi", "etc/punktfunk", "etc/systemd/system"):
        (root / place).mkdir(parents=True, exist_ok=True)
    # A person in front of the box sees the claim code above the login prompt.
    for unit in ("getty@tty1.service", "getty.target"):
        (root / "etc/systemd/system" / unit).unlink(missing_ok=True)
    # The initramfs has grown the disk; and one login prompt is enough.
    for unit in ("systemd-repart.service", "getty-static.service"):
        os.symlink("/dev/null", root / "etc/systemd/system" / unit)
    release = root / "usr/lib/os-release"
    release.write_text(
        f'ID=punktfunk\nNAME=punktfunk\nPRETTY_NAME="punktfunk {contents.version} (test image)"\n'
        f"IMAGE_ID=punktfunk\nIMAGE_VERSION={contents.version}\nVERSION_ID={contents.version}\n"
    )
    (root / "etc/issue").write_text("\\S{PRETTY_NAME}\n\n")
    for name, data in contents.extra.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def command_line(root_hash: str) -> str:
    """The kernel's command line of a slot."""
    return f"{KERNEL_ARGUMENTS} usrhash={root_hash}"


def _build(base: Image, contents: Contents, scratch: Path, out: Path) -> None:
    began = time.monotonic()
    tree = scratch / "tree"
    tree.mkdir()
    with gzip.open(base.tree) as packed, tarfile.open(fileobj=packed) as archive:
        archive.extractall(tree, members=_without_owners(archive))
    install(tree, contents)
    usr, verity, boot_image = out / "usr.raw", out / "verity.raw", out / "uki.efi"
    # The same tree gives the same bytes, so that an update carries only what has changed.
    pack = ["mkfs.erofs", "-zlz4", f"-C{CLUSTER}", "-x-1", "--all-root", "-T0", f"-U{_stable_uuid('usr')}", "--quiet"]
    package.run([*pack, str(usr), str(tree)])
    said = package.run(
        ["veritysetup", "format", f"--salt={_digest(usr)}", f"--uuid={_stable_uuid('verity')}", str(usr), str(verity)]
    )
    root_hash = said.split("Root hash:")[1].split()[0]
    (scratch / "cmdline").write_text(command_line(root_hash))
    # The kernel unpacks compressed archives one behind the other, each starting at a multiple of four.
    modules = base.slot_initramfs.read_bytes()
    (scratch / "initrd").write_bytes(modules + bytes(-len(modules) % 4) + gzip.compress(uki.cpio("init", INIT.read_bytes()), mtime=0))
    sections = {
        ".osrel": tree / "usr/lib/os-release",
        ".cmdline": scratch / "cmdline",
        ".linux": base.kernel,
        ".initrd": scratch / "initrd",
    }
    uki.build(boot_image, sections)
    disk = out / "disk.raw"
    parts = layout.create(disk, contents.version, root_hash)
    by_type = {part.type: part for part in parts}
    _file_system(scratch / "esp", by_type[layout.ESP], "ESP", _boot_files(boot_image, contents.version))
    _file_system(scratch / "policy", by_type[layout.POLICY], "PUNKTFUNK", {})
    for type_, source in (
        (layout.ESP, scratch / "esp"),
        (layout.POLICY, scratch / "policy"),
        (layout.USR, usr),
        (layout.VERITY, verity),
    ):
        _fill(disk, by_type[type_], source)
    (out / "roothash").write_text(root_hash)
    (out / "policy-offset").write_text(str(by_type[layout.POLICY].offset))
    (out / "esp-offset").write_text(str(by_type[layout.ESP].offset))
    mib = {path.name: path.stat().st_size / (1 << 20) for path in (disk, usr, verity, boot_image)}
    sizes = ", ".join(f"{name} {size:.1f} MiB" for name, size in mib.items())
    log(f"appliance {contents.version}: built in {time.monotonic() - began:.0f} s; {sizes}")
    for part in parts:
        log(f"  {part.label:28} {part.size >> 20:4} MiB  {part.type}")


def _boot_files(boot_image: Path, version: str) -> dict[str, Path]:
    return {
        "EFI/BOOT/BOOTX64.EFI": uki.BOOT_LOADER,
        "loader/loader.conf": IMAGE / "loader.conf",
        f"EFI/Linux/punktfunk_{version}.efi": boot_image,
    }


def _file_system(target: Path, part: layout.Partition, label: str, files: Mapping[str, Path]) -> None:
    with open(target, "wb") as raw:
        raw.truncate(part.size)
    # As systemd-repart makes them.
    package.run(["mkfs.vfat", "-F", "32", "-n", label, "-i", part.uuid[:8], str(target)])
    folders = {str(parent) for name in files for parent in Path(name).parents if str(parent) != "."}
    for folder in sorted(folders):
        _mtools("mmd", "-i", str(target), f"::{folder}")
    for name, source in files.items():
        _mtools("mcopy", "-i", str(target), str(source), f"::{name}")


def _fill(disk: Path, part: layout.Partition, source: Path) -> None:
    if source.stat().st_size > part.size:
        raise MachineError(f"{source.name} has {source.stat().st_size} bytes, {part.label} only {part.size}: enlarge layout.SIZES")
    # Holes stay holes: most of an image is zeros.
    place = ["dd", f"if={source}", f"of={disk}", "bs=1M", f"seek={part.offset >> 20}", "conv=notrunc,sparse", "status=none"]
    package.run(place)


def _mtools(*command: str) -> None:
    # A partition inside of a disk does not always have the geometry that mtools would like.
    package.run(list(command), {"MTOOLS_SKIP_CHECK": "1"})


def _without_owners(archive: tarfile.TarFile) -> Iterable[tarfile.TarInfo]:
    for member in archive:
        member.uid = member.gid = os.getuid()
        member.uname = member.gname = ""
        yield member


def _copy(source: Path, target: Path, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stable_uuid(name: str) -> str:
    digits = hashlib.sha256(f"punktfunk {name}".encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def _prune(folder: Path) -> None:
    images = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("building-")]
    for old in sorted(images, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
