import math
import struct
import tempfile
import unittest
import zlib
from pathlib import Path

from pictures import Picture, psnr, read_png, write_png


def flat(level: int) -> Picture:
    return Picture(4, 2, bytes([level]) * 24)


class Pictures(unittest.TestCase):
    def test_a_ppm_is_read_with_comments_in_its_header(self) -> None:
        picture = Picture.from_ppm(b"P6\n# made by hand\n2 1\n255\n" + bytes(range(6)))
        self.assertEqual((picture.width, picture.height, picture.rgb), (2, 1, bytes(range(6))))

    def test_pixels_that_look_like_white_space_are_pixels(self) -> None:
        self.assertEqual(Picture.from_ppm(b"P6 1 1 255\n\n\n ").rgb, b"\n\n ")

    def test_a_damaged_ppm_is_refused(self) -> None:
        for damaged in (b"", b"P6", b"P5 1 1 255 a", b"P6 1 1 65535 abc", b"P6 2 2 255 abc", b"P6 99999 99999 255 a"):
            with self.subTest(damaged), self.assertRaises(ValueError):
                Picture.from_ppm(damaged)

    def test_equal_pictures_are_infinitely_alike(self) -> None:
        self.assertEqual(psnr(flat(7), flat(7)), math.inf)

    def test_the_ratio_is_that_of_the_definition(self) -> None:
        self.assertAlmostEqual(psnr(flat(100), flat(101)), 20 * math.log10(255))
        self.assertAlmostEqual(psnr(flat(0), flat(255)), 0)

    def test_pictures_of_different_sizes_are_not_compared(self) -> None:
        with self.assertRaises(ValueError):
            psnr(flat(0), Picture(2, 4, bytes(24)))

    def test_colours_are_counted(self) -> None:
        self.assertEqual(flat(3).colours(), 1)
        self.assertEqual(Picture(2, 1, b"abcabd").colours(), 2)

    def test_a_png_holds_the_rows(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.png"
            write_png(path, Picture(2, 2, bytes(range(12))))
            data = path.read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", data[16:24]), (2, 2))
        length = struct.unpack(">I", data[33:37])[0]
        rows = zlib.decompress(data[41 : 41 + length])
        self.assertEqual(rows, b"\0" + bytes(range(6)) + b"\0" + bytes(range(6, 12)))

    def test_a_png_that_was_written_is_read_again(self) -> None:
        picture = Picture(3, 2, bytes(range(18)))
        with tempfile.TemporaryDirectory() as folder:
            write_png(Path(folder) / "a.png", picture)
            self.assertEqual(read_png(Path(folder) / "a.png"), picture)

    def test_every_filter_of_a_png_is_undone(self) -> None:
        # Three-byte pixels, filtered by hand: each line is 10 20 30 | 13 23 33 when undone.
        lines = [
            bytes([0, 10, 20, 30, 13, 23, 33]),
            bytes([1, 10, 20, 30, 3, 3, 3]),
            bytes([2, 0, 0, 0, 0, 0, 0]),
            bytes([3, 5, 10, 15, 2, 2, 2]),
            bytes([4, 0, 0, 0, 0, 0, 0]),
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.png"
            path.write_bytes(png(2, 5, 2, b"".join(lines)))
            self.assertEqual(read_png(path).rgb, bytes([10, 20, 30, 13, 23, 33]) * 5)

    def test_transparency_is_dropped(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.png"
            path.write_bytes(png(2, 1, 6, bytes([0, 1, 2, 3, 99, 4, 5, 6, 99])))
            self.assertEqual(read_png(path).rgb, bytes([1, 2, 3, 4, 5, 6]))

    # Of the screen of a text console, the driver of NixOS makes such files.
    def test_few_colours_are_read_as_the_colours_that_they_are(self) -> None:
        colours = bytes(range(48))
        for depth, lines in ((8, [0, 2, 1]), (4, [0, 0x21]), (2, [0, 0b10010000]), (1, [0, 0b10000000])):
            numbers = [1, 0] if depth == 1 else [2, 1]
            with self.subTest(depth), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "a.png"
                path.write_bytes(png(2, 1, 3, bytes(lines), depth, colours))
                self.assertEqual(read_png(path).rgb, b"".join(colours[number * 3 : number * 3 + 3] for number in numbers))

    def test_grey_is_read_as_all_three_colours(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.png"
            path.write_bytes(png(2, 2, 0, bytes([0, 7, 9, 2, 1, 1])))
            self.assertEqual(read_png(path).rgb, bytes([7] * 3 + [9] * 3 + [8] * 3 + [10] * 3))
            # Two bits a pixel, from black to white.
            path.write_bytes(png(4, 1, 0, bytes([0, 0b00011011]), 2))
            self.assertEqual(read_png(path).rgb, bytes([0] * 3 + [85] * 3 + [170] * 3 + [255] * 3))

    def test_a_colour_that_is_not_there_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.png"
            for palette in (b"", b"ab", b"abc"):
                path.write_bytes(png(2, 1, 3, bytes([0, 0, 1]), 8, palette))
                with self.subTest(palette), self.assertRaises(ValueError):
                    read_png(path)

    def test_a_damaged_png_is_refused(self) -> None:
        whole = png(2, 1, 2, bytes(7))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.png"
            for damaged in (b"", whole[:40], whole[:-30] + b"x" + whole[-29:], png(2, 9, 2, bytes(7)), png(2, 1, 2, b"\7" * 7)):
                path.write_bytes(damaged)
                with self.subTest(damaged), self.assertRaises((ValueError, IndexError, zlib.error)):
                    read_png(path)


def png(width: int, height: int, colour: int, lines: bytes, depth: int = 8, palette: bytes | None = None) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    colours = [] if palette is None else [(b"PLTE", palette)]
    parts = ((b"IHDR", header), *colours, (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
