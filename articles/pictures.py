"""Take pictures in: look at the bytes, refuse what is not a picture, keep the original private."""

import hashlib
import io
import warnings
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from articles.models import Picture
from people.models import User

MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}


class Facts(NamedTuple):
    """What the bytes of a picture say. Sizes in bytes and pixels, after EXIF orientation."""

    sha256: str
    bytes: int
    width: int
    height: int
    mime: str


def inspect(file: BinaryIO) -> tuple[Facts, bytes]:
    """The facts of an uploaded picture and its bytes.

    Raises ValidationError with a sentence for a file that is too large, is no JPEG, PNG, WebP
    or GIF whatever its name says, is broken, or unpacks to too many pixels.
    """
    limit = settings.PICTURE_MAX_BYTES
    file.seek(0)
    data = file.read(limit + 1)
    if len(data) > limit:
        raise ValidationError(
            _("The picture is larger than %(size)d MB. Make it smaller and try again.")
            % {"size": limit // 1024 // 1024},
            code="picture_too_large",
        )
    if not data:
        raise ValidationError(_("The file is empty."), code="picture_empty")
    image = opened(data)
    digest = hashlib.sha256(data).hexdigest()
    return Facts(digest, len(data), image.width, image.height, MIMES[str(image.format)]), data


def opened(data: bytes) -> Image.Image:
    """The decoded picture as it is seen, after its EXIF orientation. Raises ValidationError as
    `inspect` does."""
    try:
        with warnings.catch_warnings():
            # What Pillow has to say of broken EXIF; the picture is none the worse for it.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=list(MIMES))
            if image.width * image.height > settings.PICTURE_MAX_PIXELS:
                raise Image.DecompressionBombError
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(
            _("The picture has more than %(count)d million pixels. Make it smaller and try again.")
            % {"count": settings.PICTURE_MAX_PIXELS // 1_000_000},
            code="picture_has_too_many_pixels",
        ) from error
    except UnidentifiedImageError as error:
        raise ValidationError(
            _("This file is not a picture. Use JPEG, PNG, WebP or GIF."), code="picture_unknown"
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ValidationError(
            _("The picture is damaged and cannot be read. Save it anew and try again."),
            code="picture_damaged",
        ) from error
    return image


def store(file: BinaryIO, *, by: User | None, **texts: str) -> Picture:
    """The library's picture for these bytes, made when it is new; the original is kept as it came.

    `texts` are caption, alt and credit of a new picture; one that is known keeps its own.
    Raises ValidationError as `inspect` does.
    """
    facts, data = inspect(file)
    if known := Picture.objects.filter(sha256=facts.sha256).first():
        return known
    picture = Picture(**facts._asdict(), uploaded_by=by, **texts)
    attach(picture, data)
    try:
        with transaction.atomic():
            picture.save()
    except IntegrityError:
        # Somebody else sent the same picture at the same moment.
        return Picture.objects.get(sha256=facts.sha256)
    return picture


def attach(picture: Picture, data: bytes) -> None:
    """Keep `data` in the private store under its hash, and point the picture at it."""
    name = f"originals/{picture.sha256[:2]}/{picture.sha256}.{ENDINGS[picture.mime]}"
    storage = picture.file.storage
    if not storage.exists(name):
        name = storage.save(name, ContentFile(data))
    picture.file.name = name
