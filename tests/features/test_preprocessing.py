"""Pictures of every kind as the numbers that a network takes."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tsshape.features import Preprocessing
from tsshape.features._preprocessing import PRESETS, UnreadableImageError, as_pixels, pillow_warnings_off

RAW = Preprocessing(mean=(0, 0, 0), std=(1, 1, 1), crop=1)
ORANGE = (255, 128, 0)


def saved(picture, format_="PNG", **options):
    """The bytes of a picture's file."""
    file = io.BytesIO()
    picture.save(file, format_, **options)
    return file.getvalue()


def raw(picture, shape=(4, 4), format_="PNG", **options):
    """The pixels that come out of a picture's file, from 0 to 255."""
    return as_pixels(saved(picture, format_, **options), shape, RAW)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_every_format_gives_its_colour(format_):
    pixels = raw(Image.new("RGB", (8, 6), ORANGE), format_=format_)
    assert pixels.shape == (4, 4, 3)
    assert pixels.dtype == np.float32
    np.testing.assert_allclose(pixels, np.broadcast_to(ORANGE, (4, 4, 3)), atol=4)


@pytest.mark.parametrize(
    ("picture", "format_", "colour"),
    [
        (Image.new("L", (8, 8), 100), "PNG", (100, 100, 100)),
        (Image.new("1", (8, 8), 1), "PNG", (255, 255, 255)),
        (Image.new("RGB", (8, 8), ORANGE).convert("P", palette=Image.Palette.ADAPTIVE), "PNG", ORANGE),
        (Image.new("CMYK", (8, 8), (0, 127, 255, 0)), "TIFF", ORANGE),
        (Image.new("CMYK", (8, 8), (0, 127, 255, 0)), "JPEG", ORANGE),
        (Image.new("RGBA", (8, 8), (*ORANGE, 255)), "PNG", ORANGE),
        (Image.new("RGBA", (8, 8), (*ORANGE, 0)), "PNG", (255, 255, 255)),
        (Image.new("LA", (8, 8), (0, 51)), "PNG", (204, 204, 204)),
        (Image.fromarray(np.full((8, 8), 0x8001, np.uint16)), "PNG", (128, 128, 128)),
        (Image.fromarray(np.full((8, 8), 0x8001, np.uint16)), "TIFF", (128, 128, 128)),
    ],
    ids=[
        "grey",
        "black and white",
        "palette",
        "CMYK",
        "CMYK JPEG",
        "opaque",
        "transparent",
        "grey glass",
        "16",
        "16 T",
    ],
)
def test_every_mode_becomes_rgb_on_white(picture, format_, colour):
    np.testing.assert_allclose(raw(picture, format_=format_), np.broadcast_to(colour, (4, 4, 3)), atol=3)


def test_a_transparent_colour_of_a_palette_is_white():
    picture = Image.new("P", (8, 8), 1)
    picture.putpalette([0, 0, 0, *ORANGE])
    np.testing.assert_array_equal(raw(picture, transparency=1), np.full((4, 4, 3), 255))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_data_say(orientation):
    upright = Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5)
    # How a camera stores the picture in each orientation: the inverse of what a viewer does.
    turns = [None, 0, 3, 1, 5, 2, 6, 4][orientation - 1]
    stored = upright if turns is None else upright.transpose(Image.Transpose(turns))
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_array_equal(raw(stored, exif=exif), np.asarray(upright))


def test_the_first_frame_of_a_moving_picture_is_taken():
    frames = [Image.new("RGB", (8, 8), colour) for colour in (ORANGE, (0, 0, 255))]
    pixels = raw(frames[0], format_="GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(pixels, np.broadcast_to(ORANGE, (4, 4, 3)), atol=4)


def test_the_middle_of_the_picture_is_cut_out():
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[2:6, 6:10] = 200
    how = Preprocessing(mean=(0, 0, 0), std=(1, 1, 1), crop=0.5)
    cut = as_pixels(saved(Image.fromarray(pixels)), (4, 4), how)
    np.testing.assert_array_equal(cut, np.full((4, 4, 3), 200))


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 7), (1001, 999)])
@pytest.mark.parametrize("crop", [0.01, 224 / 256, 1])
def test_a_picture_of_any_size_fills_the_input(size, crop):
    how = Preprocessing(mean=(0, 0, 0), std=(1, 1, 1), crop=crop)
    pixels = as_pixels(saved(Image.new("RGB", size, ORANGE)), (7, 5), how)
    np.testing.assert_array_equal(pixels, np.broadcast_to(ORANGE, (7, 5, 3)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("imagenet", [(1 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, (0 - 0.406) / 0.225]),
        ("caffe", [0 - 104, 128 - 117, 255 - 123]),
        ("signed", [1, 128 / 127.5 - 1, -1]),
        ("unit", [1, 128 / 255, 0]),
        ("raw", [255, 128, 0]),
    ],
)
def test_pixels_are_normalised_as_the_preset_says(name, expected):
    pixels = as_pixels(saved(Image.new("RGB", (8, 8), ORANGE)), (2, 2), PRESETS[name])
    np.testing.assert_allclose(pixels, np.broadcast_to(expected, (2, 2, 3)), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mean": (1, 2)}, "mean and std"),
        ({"std": (1, 0, 1)}, "std above 0"),
        ({"mean": (1, float("nan"), 2)}, "finite"),
        ({"order": "gbr"}, "order"),
        ({"crop": 0}, "crop"),
        ({"crop": 1.5}, "crop"),
        ({"size": 0}, "size"),
        ({"size": 22.5}, "size"),
        ({"size": 10**6}, "size"),
    ],
)
def test_a_preprocessing_that_gives_no_numbers_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Preprocessing(**changes)


def png_of_size(width, height):
    """A PNG that says it is large, without its pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (header, b"IDAT")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no image of a known format"),
        (b"id,day01\n", "no image of a known format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "no image of a known format"),
        (saved(Image.new("RGB", (64, 64), ORANGE))[:-40], "no image that can be read"),
        (saved(Image.effect_noise((64, 64), 50), "JPEG")[:-400], "no image that can be read: .*truncated"),
        (saved(Image.new("F", (8, 8), 0.5), "TIFF"), "mode F have no known range"),
        (png_of_size(20_000, 5_000), "pixels"),
        (png_of_size(50_000, 50_000), "pixels"),
    ],
    ids=["empty", "table", "program", "cut PNG", "cut JPEG", "floats", "above the limit", "bomb"],
)
def test_what_cannot_be_read_is_refused_with_the_reason(content, reason):
    with pillow_warnings_off(), pytest.raises(UnreadableImageError, match=reason):
        as_pixels(content, (4, 4), RAW)


def test_a_picture_above_the_limit_is_refused_where_nobody_made_pillows_warning_an_error(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    content = saved(Image.new("RGB", (8, 8)))
    with warnings.catch_warnings(action="ignore"), pytest.raises(UnreadableImageError, match="8 x 8 pixels"):
        as_pixels(content, (4, 4), RAW)


GOOD = [
    saved(Image.effect_noise((20, 20), 50).convert("RGB"), format_)
    for format_ in ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")
]


@given(data=st.data())
def test_damaged_bytes_are_a_picture_or_refused(data):
    content = bytearray(data.draw(st.sampled_from(GOOD)))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    try:
        with pillow_warnings_off():
            pixels = as_pixels(bytes(content), (4, 4), RAW)
    except UnreadableImageError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert np.isfinite(pixels).all()
