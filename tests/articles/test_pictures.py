import io
import struct
import zlib
from typing import Any

import hypothesis
import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from articles import pictures
from articles.models import Picture
from tests import factories as make

pytestmark = pytest.mark.django_db

NOT_A_PICTURE = "这个文件不是图片，请使用 JPEG、PNG、WebP 或 GIF。"
TOO_MANY_PIXELS = "图片超过 6000 万像素，请缩小后再传。"
DAMAGED = "图片已损坏，无法读取，请重新保存后再传。"


def refused(data: bytes) -> str:
    """The sentence of a refusal that left neither a row nor a file."""
    with pytest.raises(ValidationError) as refusal:
        pictures.store(io.BytesIO(data), by=None)
    assert not Picture.objects.exists()
    return "".join(refusal.value.messages)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A small file that unpacks to that many grey pixels."""
    packer = zlib.compressobj(9)
    row = b"\x00" * (width + 1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def test_a_picture_is_kept_as_it_came_under_its_hash():
    data = make.image_bytes(size=(640, 400))

    picture = pictures.store(io.BytesIO(data), by=None, caption="说明", alt="描述", credit="王明")

    assert (picture.bytes, picture.width, picture.height) == (len(data), 640, 400)
    assert picture.mime == "image/jpeg"
    assert (picture.caption, picture.alt, picture.credit) == ("说明", "描述", "王明")
    assert picture.file.name == f"originals/{picture.sha256[:2]}/{picture.sha256}.jpg"
    with picture.file.open() as file:
        assert file.read() == data


def test_the_same_picture_sent_again_is_the_same_row_with_its_own_texts():
    data = make.image_bytes()
    first = pictures.store(io.BytesIO(data), by=None, caption="甲")

    again = pictures.store(io.BytesIO(data), by=None, caption="乙")

    assert again == first
    assert (again.caption, Picture.objects.count()) == ("甲", 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_four_kinds_of_pictures_are_taken_whatever_their_name(kind: str):
    picture = pictures.store(io.BytesIO(make.image_bytes(kind=kind)), by=None)

    assert picture.mime == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00" + bytes(2000),
        b"#!/bin/sh\nrm -rf /\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7\n",
        b"\x00",
        b"GIF",
    ],
    ids=["exe", "script", "svg", "html", "pdf", "nul", "three letters"],
)
def test_what_is_no_picture_is_refused_whatever_its_name(data: bytes):
    assert refused(data) == NOT_A_PICTURE


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_kinds_of_pictures_are_refused(kind: str):
    assert refused(make.image_bytes(kind=kind, size=(64, 64))) == NOT_A_PICTURE


def test_an_empty_file_is_refused():
    assert refused(b"") == "文件是空的。"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_truncated_picture_is_refused(kind: str, part: float):
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    data = io.BytesIO()
    noise.save(data, kind)
    whole = data.getvalue()

    assert refused(whole[: int(len(whole) * part)]) in {DAMAGED, NOT_A_PICTURE}


def sentence_about(data: bytes) -> str:
    try:
        pictures.inspect(io.BytesIO(data))
    except ValidationError as error:
        return "".join(error.messages)
    return ""


def test_a_picture_with_broken_bytes_is_taken_or_refused_with_a_sentence():
    whole = make.image_bytes(kind="PNG", size=(64, 64))
    for place in range(8, len(whole), 3):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]

        assert sentence_about(broken) in {"", DAMAGED, NOT_A_PICTURE, TOO_MANY_PIXELS}


@hypothesis.settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([b"MM\0*\0\0\0\x08", b"II*\0\x08\0\0\0", b""]))
@example(b"\0\1\0\0\1\0\0\0\0\1\0\0\0\0", b"II*\0\x08\0\0\0")  # a tag larger than its file
def test_a_picture_with_broken_exif_is_taken_or_refused_with_a_sentence(junk: bytes, head: bytes):
    data = make.image_bytes(exif=b"Exif\0\0" + head + junk)

    assert sentence_about(data) in {"", DAMAGED}


def test_a_file_above_the_limit_is_refused(settings: Any):
    settings.PICTURE_MAX_BYTES = 2 * 1024 * 1024

    assert refused(make.image_bytes() + bytes(3 * 1024 * 1024)) == ("图片超过 2 MB，请缩小后再传。")


def test_a_file_of_the_very_limit_is_taken(settings: Any):
    data = make.image_bytes()
    settings.PICTURE_MAX_BYTES = len(data)

    assert pictures.store(io.BytesIO(data), by=None).bytes == len(data)


@pytest.mark.parametrize("size", [(12_000, 12_000), (8_000, 8_000), (60_001, 1_000)])
def test_a_small_file_that_unpacks_to_too_many_pixels_is_refused(size: tuple[int, int]):
    bomb = png_that_claims(*size)
    assert len(bomb) < 300_000

    assert refused(bomb) == TOO_MANY_PIXELS


def test_sizes_are_those_of_the_picture_as_it_is_seen():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter

    facts, _ = pictures.inspect(io.BytesIO(make.image_bytes(size=(640, 400), exif=exif)))

    assert (facts.width, facts.height) == (400, 640)


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1)])
def test_pictures_of_odd_sizes_are_taken(size: tuple[int, int]):
    facts, _ = pictures.inspect(io.BytesIO(make.image_bytes(kind="PNG", size=size)))

    assert (facts.width, facts.height) == size
