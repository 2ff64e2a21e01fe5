"""Fixture files for tests: each function gives one row, defaulting all that a test is not about."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tests import factories as make

Row = dict[str, Any]

SYSTEM = "rednet"
NUMBER = 12981878
KEY = [SYSTEM, str(NUMBER)]
FIRST_PUBLISHED = "2023-08-23T21:21:48+08:00"


def load(folder: Path, *rows: Row, **files: list[Row]) -> None:
    """Load `rows` as articles.json, or each of `files` under its name, in one call."""
    if rows:
        files["articles"] = list(rows)
    paths = []
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        paths.append(str(path))
    call_command("loaddata", *paths, verbosity=0)


def newsroom() -> list[Row]:
    """What an article stands on: own source, a channel, a unit with a reporter, an editor."""
    return [
        _row("people.contributor", name="张婷", unit=["采访部"]),
        _row("people.contributor", name="魏　倩", unit=None),
        _row("people.unit", name="采访部", kind="desk"),
        _row("articles.channel", name="乡镇", slug="townships", parent=["news"]),
        _row("articles.channel", name="要闻", slug="news"),
        _row("sources.source", name="青溪县融媒体中心", is_own=True),
    ]


def article(**fields: Any) -> Row:
    return _row(
        "articles.article",
        **{
            "number": NUMBER,
            "status": "published",
            "headline": "龙潭镇：山路通了，山货俏了",
            "body": "<p>八月的龙潭镇，山路上车来车往。</p>",
            "channel": ["news"],
            "source": ["青溪县融媒体中心"],
            "first_published_at": FIRST_PUBLISHED,
            "legacy_system": SYSTEM,
            "legacy_id": str(NUMBER),
            **fields,
        },
    )


def byline(**fields: Any) -> Row:
    return _row(
        "articles.byline",
        **{
            "article": KEY,
            "contributor": ["张婷", "采访部"],
            "role": "reporter",
            "order": 1,
            **fields,
        },
    )


def tag(name: str) -> Row:
    return _row("taggit.tag", name=name, slug=name)


def tagging(name: str) -> Row:
    return _row("articles.tagging", content_object=KEY, tag=[name])


def picture(folder: Path, **fields: Any) -> Row:
    """The row of a picture whose file lies in `folder`/pictures."""
    data = make.image_bytes()
    (folder / "pictures").mkdir(exist_ok=True)
    (folder / "pictures" / "road.jpg").write_bytes(data)
    return _row(
        "articles.picture",
        **{
            "file": "road.jpg",
            "sha256": hashlib.sha256(data).hexdigest(),
            "caption": "新修的山路。",
            "alt": "一条公路沿山盘旋",
            **fields,
        },
    )


def figure(sha256: str) -> str:
    return (
        f'<figure><img src="/picture/{sha256}" alt="山路"><figcaption>山路。</figcaption></figure>'
    )


def account(**fields: Any) -> Row:
    return _row(
        "people.user", **{"username": "zhangting", "name": "张婷", "password": "!", **fields}
    )


def _row(model: str, **fields: Any) -> Row:
    return {"model": model, "fields": fields}
