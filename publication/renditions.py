"""The public forms of pictures: smaller, stripped of EXIF and GPS, named by what they show.

Every rendition of one original begins with the same token, a hash of the original's hash and of
the recipe below, so its name is known before it is made and nobody can guess it. Files lie in
the `renditions` storage; the view serves one only while a visible edition uses its token, so a
file that was made for nothing is never reachable (docs/adr/0009).
"""

import datetime
import hashlib
import io
import re
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from PIL import Image

from articles.models import Picture
from articles.pictures import opened
from publication.models import PictureUse

RECIPE = "1"  # change it when sizes or qualities below change
WIDTHS = (480, 960, 1600)  # pixels
TALLEST = 16_383  # pixels; what WebP can hold. Posters for telephones are longer.
NAME = re.compile(r"(?P<token>[0-9a-f]{32})-(?P<width>[0-9]{1,5})\.(?P<ending>webp|jpg)")


class Format(NamedTuple):
    """How one kind of rendition is written; `options` go to Pillow."""

    ending: str
    mime: str
    pillow: str
    options: dict[str, Any]


FORMATS = (
    Format("webp", "image/webp", "WEBP", {"quality": 80, "method": 4}),
    Format("jpg", "image/jpeg", "JPEG", {"quality": 82, "optimize": True, "progressive": True}),
)


def token(sha256: str) -> str:
    """What the names of all renditions of the original with this hash begin with."""
    return hashlib.sha256(f"{sha256}:{RECIPE}".encode()).hexdigest()[:32]


def planned(picture: Picture) -> list[dict[str, Any]]:
    """The renditions of a picture, {name, mime, width, height} each, without making them."""
    widest = max(1, min(picture.width, TALLEST * picture.width // picture.height))
    widths = [width for width in WIDTHS if width < widest]
    if len(widths) < len(WIDTHS):
        widths.append(widest)
    return [
        {
            "name": f"{token(picture.sha256)}-{width}.{form.ending}",
            "mime": form.mime,
            "width": width,
            "height": min(TALLEST, max(1, round(picture.height * width / picture.width))),
        }
        for form in FORMATS
        for width in widths
    ]


def make(picture: Picture) -> list[dict[str, Any]]:
    """Make those renditions of a picture that are not there yet; what `planned` gives.

    Raises OSError when the disk is full or the original is gone.
    """
    return _make(picture, planned(picture))


def make_one(picture: Picture, width: int) -> dict[str, Any]:
    """The JPEG rendition nearest to `width` pixels, made when it is not there yet.

    Raises OSError when the disk is full or the original is gone.
    """
    jpegs = [rendition for rendition in planned(picture) if rendition["mime"] == "image/jpeg"]
    return _make(picture, [min(jpegs, key=lambda one: abs(one["width"] - width))])[0]


def _make(picture: Picture, plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    store = storage()
    absent = [rendition for rendition in plan if not store.exists(rendition["name"])]
    if absent:
        with picture.file.open("rb") as file:
            image = _plain(opened(file.read()))
        for rendition in absent:
            _write(store, image, rendition)
    return plan


def remove_unneeded(records: dict[str, list[dict[str, Any]]], at: datetime.datetime) -> None:
    """Delete the files of pictures, {sha256: renditions}, that no edition of now or later uses."""
    tokens = {token(sha256): renditions for sha256, renditions in records.items()}
    needed = PictureUse.objects.needed(at).filter(token__in=tokens).values_list("token", flat=True)
    for unneeded in tokens.keys() - set(needed):
        for rendition in tokens[unneeded]:
            storage().delete(rendition["name"])


def storage() -> Storage:
    """Where renditions lie."""
    return storages["renditions"]


def _plain(image: Image.Image) -> Image.Image:
    """The picture in eight bits, on white where it is transparent, without any metadata."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    image = image.convert("RGB")
    image.info = {}
    return image


def _write(store: Storage, image: Image.Image, rendition: dict[str, Any]) -> None:
    size = (rendition["width"], rendition["height"])
    form = next(form for form in FORMATS if form.mime == rendition["mime"])
    small = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, form.pillow, **form.options)
    store.save(rendition["name"], ContentFile(data.getvalue()))
