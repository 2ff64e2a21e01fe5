"""How a picture of an edition is offered to browsers."""

from typing import Any, NamedTuple

from django.urls import reverse


class Offer(NamedTuple):
    """The addresses of one picture by width, as `srcset` wants them; sizes in pixels.

    `focal` is a pair of class names that keep the focal point in sight where a picture is cut.
    """

    src: str
    jpeg: str
    webp: str
    width: int
    height: int
    alt: str
    focal: tuple[str, str]


def offer(record: dict[str, Any]) -> Offer | None:
    """What is offered of a picture's record in `Edition.pictures`; None when it has no renditions.

    A rendition may carry its own `address`, as those of a preview do.
    """
    by_mime: dict[str, list[dict[str, Any]]] = {}
    for rendition in sorted(record["renditions"], key=lambda rendition: rendition["width"]):
        by_mime.setdefault(rendition["mime"], []).append(rendition)
    plain = by_mime.get("image/jpeg")
    if not plain:
        return None
    across, down = record["focal"]
    return Offer(
        src=_address(plain[len(plain) // 2]),
        jpeg=_srcset(plain),
        webp=_srcset(by_mime.get("image/webp", [])),
        width=record["width"],
        height=record["height"],
        alt=record["alt"],
        focal=(f"focal-x-{round(across, -1)}", f"focal-y-{round(down, -1)}"),
    )


def _srcset(renditions: list[dict[str, Any]]) -> str:
    return ", ".join(f"{_address(rendition)} {rendition['width']}w" for rendition in renditions)


def _address(rendition: dict[str, Any]) -> str:
    address: str = rendition.get("address") or reverse("picture", args=[rendition["name"]])
    return address
