"""Pictures as bytes: read, written and compared with nothing but Python's own library."""

import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

# Pixels of the largest picture that is read: 16 megapixels.
MAX_PIXELS = 16 << 20


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
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
