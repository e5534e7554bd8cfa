"""Pictures as bytes: read, written and compared with nothing but Python's own library."""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Pixels of the largest picture that is read: 16 megapixels.
MAX_PIXELS = 16 << 20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE, _RGBA = 0, 2, 3, 6
# By kind and bits a channel.
_CHANNELS = {(kind, depth): 1 for kind in (_GREY, _PALETTE) for depth in (1, 2, 4, 8)} | {(_RGB, 8): 3, (_RGBA, 8): 4}


@dataclass(frozen=True)
class Picture:
    """Rows from the top, three bytes a pixel: red, green, blue."""

    width: int
    height: int
    rgb: bytes

    def __post_init__(self) -> None:
        if not 0 < self.width * self.height <= MAX_PIXELS:
            raise ValueError(f"{self.width}×{self.height} is no size for a picture")
        if len(self.rgb) != self.width * self.height * 3:
            raise ValueError(f"{len(self.rgb)} bytes are not {self.width}×{self.height} pixels")

    @staticmethod
    def from_ppm(data: bytes) -> "Picture":
        """Reads a binary PPM (P6) with 8 bits a channel."""
        fields: list[bytes] = []
        at = 0
        while len(fields) < 4:
            end = at
            while end < len(data) and not data[end : end + 1].isspace():
                end += 1
            if end == at and at >= len(data):
                raise ValueError("a PPM that ends in its header")
            if data[at : at + 1] == b"#":
                at = data.index(b"\n", at) + 1
                continue
            if end > at:
                fields.append(data[at:end])
            at = end + 1
        if fields[0] != b"P6" or fields[3] != b"255":
            raise ValueError("not a binary PPM with 8 bits a channel")
        return Picture(int(fields[1]), int(fields[2]), data[at:])

    def channels(self) -> tuple[bytes, bytes, bytes]:
        """Red, green and blue, one byte a pixel each."""
        return self.rgb[0::3], self.rgb[1::3], self.rgb[2::3]

    def colours(self) -> int:
        """How many different colours there are: 1 for a blank screen."""
        return len(set(zip(*self.channels(), strict=True)))


def read_png(path: Path) -> Picture:
    """Reads a PNG of any kind with up to 8 bits a channel that is not interlaced; transparency is dropped."""
    data = path.read_bytes()
    if data[:8] != _SIGNATURE:
        raise ValueError(f"{path} is no PNG")
    chunks = list(_chunks(data))
    header = chunks[0][1]
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", header)
    channels = _CHANNELS.get((colour, depth))
    if chunks[0][0] != b"IHDR" or channels is None or interlace:
        raise ValueError(f"{path}: a PNG of a kind that is not read")
    if not 0 < width * height <= MAX_PIXELS:
        raise ValueError(f"{path}: {width}×{height} is no size for a picture")
    palette = _palette(colour, depth, chunks)
    stride = (width * channels * depth + 7) // 8
    expected = (stride + 1) * height
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    lines = zlib.decompressobj().decompress(packed, expected)
    if len(lines) != expected:
        raise ValueError(f"{path} is cut short")
    rgb = bytearray()
    above = bytes(stride)
    for at in range(0, expected, stride + 1):
        above = _unfilter(lines[at], lines[at + 1 : at + 1 + stride], above, max(1, channels * depth // 8))
        if palette is not None:
            rgb += _looked_up(_samples(above, depth, width), palette)
        else:
            rgb += above if channels == 3 else _without_alpha(above)
    return Picture(width, height, bytes(rgb))


def psnr(one: Picture, other: Picture) -> float:
    """Peak signal-to-noise ratio over all three channels in dB; infinite for equal pictures."""
    if (one.width, one.height) != (other.width, other.height):
        raise ValueError(f"{one.width}×{one.height} cannot be compared with {other.width}×{other.height}")
    if one.rgb == other.rgb:
        return math.inf
    squares = [difference * difference for difference in range(256)]
    total = sum(squares[abs(a - b)] for a, b in zip(one.rgb, other.rgb, strict=True))
    return 10 * math.log10(255 * 255 * len(one.rgb) / total)


def write_png(path: Path, picture: Picture) -> None:
    """Writes an 8-bit RGB PNG."""
    stride = picture.width * 3
    rows = b"".join(b"\0" + picture.rgb[at : at + stride] for at in range(0, len(picture.rgb), stride))
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    path.write_bytes(_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + length > len(data):
            break
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if zlib.crc32(kind + body) != int.from_bytes(data[at + 8 + length : at + 12 + length], "big"):
            raise ValueError("a PNG with a damaged chunk")
        yield kind, body
        at += 12 + length


def _unfilter(kind: int, line: bytes, above: bytes, channels: int) -> bytes:
    """One line of a PNG before it was filtered (PNG specification, section 9)."""
    if kind == 0:
        return line
    if kind == 2:
        return bytes((x + b) & 255 for x, b in zip(line, above, strict=True))
    if kind not in (1, 3, 4):
        raise ValueError(f"a PNG with filter {kind}")
    out = bytearray(line)
    for at, x in enumerate(line):
        a = out[at - channels] if at >= channels else 0
        b = above[at]
        if kind == 1:
            out[at] = (x + a) & 255
        elif kind == 3:
            out[at] = (x + (a + b) // 2) & 255
        else:
            c = above[at - channels] if at >= channels else 0
            out[at] = (x + _paeth(a, b, c)) & 255
    return bytes(out)


def _paeth(a: int, b: int, c: int) -> int:
    to_a, to_b, to_c = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    if to_a <= to_b and to_a <= to_c:
        return a
    return b if to_b <= to_c else c


def _palette(colour: int, depth: int, chunks: list[tuple[bytes, bytes]]) -> bytes | None:
    """The colours of a PNG whose pixels are numbers of colours, three bytes each."""
    if colour == _GREY:
        most = (1 << depth) - 1
        return bytes(level * 255 // most for level in range(most + 1) for _ in range(3))
    if colour != _PALETTE:
        return None
    palette = next((body for kind, body in chunks if kind == b"PLTE"), b"")
    if not palette or len(palette) % 3 or len(palette) > 256 * 3:
        raise ValueError("a PNG without the colours that it names")
    return palette


def _samples(line: bytes, depth: int, width: int) -> bytes:
    """One byte a pixel of a line with `depth` bits a pixel."""
    in_a_byte = 8 // depth
    out = bytearray(len(line) * in_a_byte)
    for at in range(in_a_byte):
        shift = 8 - depth * (at + 1)
        out[at::in_a_byte] = line.translate(bytes(byte >> shift & (1 << depth) - 1 for byte in range(256)))
    return bytes(out[:width])


def _looked_up(samples: bytes, palette: bytes) -> bytes:
    if max(samples) * 3 >= len(palette):
        raise ValueError("a PNG with a colour that it does not have")
    out = bytearray(len(samples) * 3)
    for channel in range(3):
        out[channel::3] = samples.translate(palette[channel::3].ljust(256, b"\0"))
    return bytes(out)


def _without_alpha(line: bytes) -> bytes:
    out = bytearray(len(line) // 4 * 3)
    for channel in range(3):
        out[channel::3] = line[channel::4]
    return bytes(out)
