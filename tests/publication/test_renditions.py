import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from articles import pictures
from articles.models import Picture, Status
from publication import renditions
from publication.models import Edition
from tests import factories as make
from workflow import services

pytestmark = pytest.mark.django_db


def stored(image: Image.Image, kind: str = "PNG", **options: Any) -> Picture:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return pictures.store(data, by=None)


def made(picture: Picture) -> list[Image.Image]:
    """The renditions of a picture, as their files say; each must be what was planned."""
    images = []
    for rendition in renditions.make(picture):
        with renditions.storage().open(rendition["name"]) as file:
            image = Image.open(io.BytesIO(file.read()))
        image.load()
        assert image.size == (rendition["width"], rendition["height"])
        assert Image.MIME[str(image.format)] == rendition["mime"]
        assert image.mode == "RGB"
        images.append(image)
    return images


def close_to(pixel: Any, expected: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 24 for a, b in zip(pixel, expected, strict=True))


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1, [1]), (480, [480]), (481, [480, 481]), (1600, [480, 960, 1600]), (4000, [480, 960, 1600])],
)
def test_a_picture_comes_in_several_widths_and_never_larger_than_it_is(
    width: int, widths: list[int]
):
    picture = stored(Image.new("RGB", (width, 10)), "JPEG")

    plan = renditions.planned(picture)

    for mime in ("image/webp", "image/jpeg"):
        assert [row["width"] for row in plan if row["mime"] == mime] == widths
    assert len(made(picture)) == 2 * len(widths)


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 20_000), (700, 20_000), (20_000, 1), (1600, 30_000), (2, 16_384)]
)
def test_pictures_of_odd_sizes_are_made_ready(size: tuple[int, int]):
    assert made(stored(Image.new("RGB", size, "#204080")))


def test_place_and_camera_are_not_told():
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (28.0, 11.0, 45.0)
    picture = stored(Image.new("RGB", (900, 600), "#204080"), "JPEG", exif=exif, comment=b"SECRET")
    with picture.file.open() as file:
        assert b"SECRET" in file.read()

    for image in made(picture):
        assert not dict(image.getexif())
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


def test_a_picture_stands_upright():
    image = Image.new("RGB", (600, 300), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 299, 299), fill="#c00000")
    exif = Image.Exif()
    exif[0x0112] = 6  # the left side is to be seen at the top

    for seen in made(stored(image, "JPEG", exif=exif)):
        assert seen.height > seen.width
        assert close_to(seen.getpixel((seen.width // 2, 10)), (192, 0, 0))
        assert close_to(seen.getpixel((seen.width // 2, seen.height - 10)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_becomes_white(mode: str):
    for seen in made(stored(Image.new(mode, (500, 300)))):
        assert close_to(seen.getpixel((9, 9)), (255, 255, 255))


def test_a_palette_with_a_transparent_colour_becomes_white():
    image = Image.new("P", (500, 300))
    image.putpalette([10, 20, 30] * 256)

    for seen in made(stored(image, "GIF", transparency=0)):
        assert close_to(seen.getpixel((9, 9)), (255, 255, 255))


def test_an_animation_shows_its_first_picture():
    frames = [Image.new("RGB", (500, 300), color) for color in ("#c00000", "#0000c0")]

    for seen in made(stored(frames[0], "GIF", save_all=True, append_images=frames[1:])):
        assert close_to(seen.getpixel((9, 9)), (192, 0, 0))


def test_colours_of_print_become_colours_of_screens():
    for seen in made(stored(Image.new("CMYK", (500, 300), (0, 255, 255, 0)), "JPEG")):
        red, green, blue = seen.getpixel((9, 9))
        assert red > 180
        assert max(green, blue) < 90


def test_a_picture_of_sixteen_bits_keeps_its_greys():
    for seen in made(stored(Image.new("I;16", (500, 300), 0x8000))):
        assert close_to(seen.getpixel((9, 9)), (128, 128, 128))


@pytest.mark.parametrize("mode", ["1", "L"])
def test_black_and_white_pictures_are_made_ready(mode: str):
    assert made(stored(Image.new(mode, (500, 300), 1)))


def test_names_begin_with_a_token_that_does_not_tell_the_original():
    picture = make.picture()

    for rendition in renditions.planned(picture):
        match = renditions.NAME.fullmatch(rendition["name"])
        assert match
        assert match["token"] == renditions.token(picture.sha256)
        assert picture.sha256[:8] not in rendition["name"]


def test_making_again_writes_nothing():
    picture = make.picture()
    for rendition in renditions.make(picture):
        renditions.storage().delete(rendition["name"])
        renditions.storage().save(rendition["name"], ContentFile(b"kept"))

    for rendition in renditions.make(picture):
        with renditions.storage().open(rendition["name"]) as file:
            assert file.read() == b"kept"


def test_a_withdrawal_removes_the_files_that_no_other_edition_uses(
    django_capture_on_commit_callbacks: Any,
):
    shared, alone = make.picture(), make.picture()
    body = (
        f'<p>正文。</p><figure><img src="/picture/{shared.sha256}" alt="会场">'
        "<figcaption>会场。</figcaption></figure>"
    )
    withdrawn = make.article(Status.PUBLISHED, lead_picture=alone, body=body)
    make.article(Status.PUBLISHED, lead_picture=shared)

    with django_capture_on_commit_callbacks(execute=True):
        make.take(services.withdraw, withdrawn, by=make.user("chief_editor"), note="有误")

    there = renditions.storage().exists
    assert not any(there(row["name"]) for row in renditions.planned(alone))
    assert all(there(row["name"]) for row in renditions.planned(shared))
    assert alone.file.storage.exists(alone.file.name)


def test_a_withdrawal_keeps_the_files_of_a_scheduled_edition(
    django_capture_on_commit_callbacks: Any,
):
    picture, chief = make.picture(), make.user("chief_editor")
    withdrawn = make.article(Status.PUBLISHED, lead_picture=picture)
    scheduled = make.article(Status.APPROVED, lead_picture=picture)
    make.take(services.schedule, scheduled, by=chief, go_live=make.NOON + make.HOUR)

    with django_capture_on_commit_callbacks(execute=True):
        make.take(services.withdraw, withdrawn, by=chief, note="有误")

    assert all(renditions.storage().exists(row["name"]) for row in renditions.planned(picture))


def test_an_edition_says_which_files_show_its_pictures():
    picture = make.picture(caption="会场。", alt="座无虚席", credit="王明")
    make.article(Status.PUBLISHED, lead_picture=picture)

    edition = Edition.objects.get()

    assert edition.lead == edition.pictures[picture.sha256]
    assert edition.lead["renditions"] == renditions.planned(picture)
    assert (edition.lead["caption"], edition.lead["alt"]) == ("会场。", "座无虚席")
    assert [use.token for use in edition.picture_uses.all()] == [renditions.token(picture.sha256)]
