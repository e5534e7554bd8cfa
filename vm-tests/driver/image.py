"""The guest image: built once from `debian/`, then kept in the user's cache by its recipe's hash."""

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .errors import MachineError
from .log import log

# For the command line of a kernel of the image. While it starts it patches its code under the hands of all processors that it
# has, and QEMU 7.2 now and then keeps the translation of a half-patched place, at which they then turn for ever; its initramfs
# switches the others on.
ONE_PROCESSOR = "maxcpus=1"
RECIPE = Path(__file__).resolve().parent.parent / "debian"
# What a guest with a kiosk has besides.
KIOSK = RECIPE.parent / "kiosk"
# Images that stay in the cache: both kinds, and those of the branch that was tested before.
KEPT = 4
# What customise.sh leaves, in the order of `Image`.
OUTPUTS = ("base.erofs", "vmlinuz", "initramfs", "root.tar.gz", "appliance-initramfs")
NEEDED = {
    "mcopy": "mtools",
    "mkfs.erofs": "erofs-utils",
    "mkfs.ext4": "e2fsprogs",
    "mkfs.vfat": "dosfstools",
    "mmdebstrap": "mmdebstrap",
    "objcopy": "binutils",
    "qemu-system-x86_64": "qemu-system-x86",
    "setpriv": "util-linux",
    "systemd-repart": "systemd",
    "veritysetup": "cryptsetup-bin",
}
# What a box starts with.
NEEDED_FILES = {
    "/usr/lib/systemd/boot/efi/linuxx64.efi.stub": "systemd-boot-efi",
    "/usr/share/OVMF/OVMF_CODE_4M.fd": "ovmf",
}


@dataclass(frozen=True)
class Image:
    """A bootable guest without the packaged files, and what the appliance is made from."""

    base: Path
    kernel: Path
    initramfs: Path
    # The same system as a tar archive, and an initramfs that opens a slot.
    tree: Path
    slot_initramfs: Path


def cache() -> Path:
    """Where images are kept between runs."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "punktfunk" / "vm"


def fingerprint(*recipes: Path) -> str:
    """Hash of every file of the recipes: its path, its executable bit and its bytes, or where it leads."""
    digest = hashlib.sha256()
    for recipe in recipes:
        for path in sorted(recipe.rglob("*")):
            name = path.relative_to(recipe)
            if path.is_symlink():
                digest.update(f"{name}\0{path.readlink()}\0".encode())
            elif path.is_file():
                digest.update(f"{name}\0{os.access(path, os.X_OK)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def require_tools() -> None:
    """Names every missing program at once, with the package that has it."""
    missing = {package for tool, package in NEEDED.items() if not _which(tool)}
    missing |= {package for file, package in NEEDED_FILES.items() if not Path(file).exists()}
    if missing:
        raise MachineError(f"machine tests need more programs: apt-get install {' '.join(sorted(missing))}")


def ensure(addition: Path | None = None) -> Image:
    """The image of the present recipe, with what `addition` has besides; built when it is not in the cache."""
    folder = cache() / fingerprint(*_recipes(addition))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            log(f"image {folder.name} is in the cache")
        else:
            _build(folder, addition)
            _prune(folder.parent)
        os.utime(folder)
    return Image(*(folder / name for name in OUTPUTS))


def _recipes(addition: Path | None) -> list[Path]:
    return [RECIPE] if addition is None else [RECIPE, addition]


def _build(folder: Path, addition: Path | None) -> None:
    packages = [package for recipe in _recipes(addition) for package in _lines(recipe / "packages")]
    log(f"image {folder.name}: building from {len(packages)} packages and what they need (minutes)")
    began = time.monotonic()
    recipe, besides = shlex.quote(str(RECIPE)), shlex.quote(str(addition or ""))
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as scratch:
        command = [
            "mmdebstrap",
            "--mode=auto",
            "--variant=apt",
            "--format=null",
            f"--include={','.join(packages)}",
            '--dpkgopt=path-exclude=/usr/share/doc/*',
            '--dpkgopt=path-exclude=/usr/share/man/*',
            '--dpkgopt=path-exclude=/usr/share/locale/*',
            '--aptopt=Apt::Install-Recommends "false"',
            *apt_options(),
            f'--customize-hook=RECIPE={recipe} ADDITION={besides} sh {recipe}/customise.sh "$1"',
        ]
        command += [f"--customize-hook=download /out/{name} {scratch}/{name}" for name in OUTPUTS]
        command += ["", "/dev/null", *_sources()]
        _run_with_progress(command, began)
        for name in OUTPUTS:
            if not (Path(scratch) / name).is_file():
                raise MachineError(f"the image build left no {name}")
        finished = Path(scratch) / "image"
        finished.mkdir()
        for name in OUTPUTS:
            os.rename(Path(scratch) / name, finished / name)
        os.rename(finished, folder)
    size = sum(path.stat().st_size for path in folder.iterdir()) >> 20
    log(f"image {folder.name}: built in {time.monotonic() - began:.0f} s, {size} MiB")


def _run_with_progress(command: list[str], began: float) -> None:
    tail: list[str] = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            line = line.rstrip()
            tail = [*tail[-30:], line]
            if line.startswith(("I: ", "image: ", "E: ")):
                log(f"  {time.monotonic() - began:4.0f} s  {line.split(': ', 1)[1]}")
    if process.returncode != 0:
        raise MachineError("building the guest image failed; its last lines:\n  " + "\n  ".join(tail))


def _sources() -> list[str]:
    """The Debian archives that this system's apt is configured for, newest stable suites only."""
    form = "$(ORIGIN)\t$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)"
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", form, "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    sources = []
    for line in targets.splitlines():
        origin, uri, release, component = line.split("\t")
        if origin == "Debian" and component == "main":
            sources.append(f"deb {uri} {release} {component}")
    if not sources:
        raise MachineError("apt knows no Debian archive here: run `apt-get update`, on a Debian system")
    return sorted(set(sources))


def apt_options() -> list[str]:
    """Proxies and dates as this system's apt has them."""
    wanted = ("Acquire::http::Proxy", "Acquire::https::Proxy", "Acquire::Check-Valid-Until", "Acquire::Check-Date")
    dump = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True).stdout
    return [f"--aptopt={line.rstrip(';')}" for line in dump.splitlines() if line.split(" ", 1)[0] in wanted]


def _prune(folder: Path) -> None:
    images = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("building-")]
    for old in sorted(images, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def _which(tool: str) -> str | None:
    return shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
