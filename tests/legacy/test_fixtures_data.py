"""The demo newsroom's files, read as they lie in the repository; no database needed."""

import hashlib
import json
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from articles.models import Role
from articles.text import clean_body, picture_hashes
from workflow import roles

FIXTURES = Path(__file__).parents[2] / "fixtures"
STAGES = {
    "draft",
    "first_review",
    "second_review",
    "final_review",
    "approved",
    "published",
    "scheduled",
    "returned",
    "held",
}
# 9月12日, with what a sentence says about its weekday, as in 5月1日（星期五）.
WEEKDAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日[（(]?(?:星期|周)([一二三四五六日天])")
DAY = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})日")


def rows(name: str, model: str) -> list[dict[str, Any]]:
    found = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))
    return [row["fields"] for row in found if row["model"] == model]


ARTICLES = rows("articles", "articles.article")
PUBLISHED = [row for row in ARTICLES if row["status"] == "published"]
PICTURES = rows("pictures", "articles.picture")
CONTRIBUTORS = rows("newsroom", "people.contributor") + rows("accounts", "people.contributor")
DESK = json.loads((FIXTURES / "desk.json").read_text("utf-8"))
TEXTS = [
    pytest.param(row, id=str(row.get("number", row["headline"])))
    for row in [*ARTICLES, *(entry["content"] for entry in DESK)]
]


def test_eighty_articles_were_published_and_some_were_not() -> None:
    assert len(PUBLISHED) >= 80
    assert len(ARTICLES) > len(PUBLISHED)


def test_numbers_of_earlier_articles_are_unique_and_grow_with_time() -> None:
    numbers = [row["number"] for row in PUBLISHED]
    times = [datetime.fromisoformat(row["first_published_at"]) for row in PUBLISHED]

    assert len(set(numbers)) == len(numbers)
    assert [number for _, number in sorted(zip(times, numbers, strict=True))] == sorted(numbers)
    assert all(row["legacy_id"] == str(row["number"]) for row in ARTICLES)
    assert all(time.utcoffset() is not None for time in times)


def test_no_headline_comes_twice() -> None:
    headlines = [row["headline"] for row in ARTICLES]
    headlines += [entry["content"]["headline"] for entry in DESK]

    assert [name for name, times in Counter(headlines).items() if times > 1] == []


def test_every_credited_name_is_a_contributor_of_that_unit() -> None:
    known = {(row["name"], row["unit"][0]) for row in CONTRIBUTORS}
    credited = [tuple(row["contributor"]) for row in rows("articles", "articles.byline")]
    credited += [(name, unit) for entry in DESK for name, unit, _ in entry["content"]["bylines"]]

    assert set(credited) - known == set()
    assert len(known) == len(CONTRIBUTORS)


def test_desk_credits_only_people_who_are_active_in_roles_there_are() -> None:
    retired = {row["name"] for row in CONTRIBUTORS if not row.get("is_active", True)}
    bylines = [byline for entry in DESK for byline in entry["content"]["bylines"]]

    assert retired
    assert not {name for name, _, _ in bylines} & retired
    assert {role for _, _, role in bylines} <= set(Role.values)


def test_units_channels_and_sources_that_rows_name_are_there() -> None:
    units = {row["name"] for row in rows("newsroom", "people.unit")}
    channels = {row["slug"] for row in rows("newsroom", "articles.channel")}
    sources = {row["name"] for row in rows("newsroom", "sources.source")}

    assert {row["unit"][0] for row in CONTRIBUTORS} <= units
    assert {row["channel"][0] for row in ARTICLES} <= channels
    assert {entry["content"]["channel"] for entry in DESK} <= channels
    assert {row["source"][0] for row in ARTICLES} <= sources
    assert {entry["content"]["source"] for entry in DESK} <= sources


def test_every_top_channel_has_something_to_read() -> None:
    parents = {
        row["slug"]: (row["parent"] or [row["slug"]])[0]
        for row in rows("newsroom", "articles.channel")
    }

    assert {parents[row["channel"][0]] for row in PUBLISHED} == set(parents.values())


def test_reprints_keep_their_record_and_were_permitted_on_their_day() -> None:
    own = {row["name"] for row in rows("newsroom", "sources.source") if row["is_own"]}
    permissions = rows("newsroom", "sources.reprintpermission")
    reprints = [row for row in PUBLISHED if row["source"][0] not in own]

    assert len(own) == 1
    assert len(reprints) >= 8
    for row in reprints:
        day = row["first_published_at"][:10]
        assert row["original_headline"], row["headline"]
        assert row["original_author"], row["headline"]
        assert row["original_url"], row["headline"]
        assert any(
            permission["source"] == row["source"]
            and permission["starts"] <= day <= (permission["ends"] or "9999")
            for permission in permissions
        ), row["headline"]


def test_picture_files_are_what_their_rows_say() -> None:
    files = {path.name for path in (FIXTURES / "pictures").iterdir()}

    assert {row["file"] for row in PICTURES} == files
    for row in PICTURES:
        data = (FIXTURES / "pictures" / row["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"], row["file"]
        assert row["caption"], row["file"]
        assert row["alt"], row["file"]
        assert row["credit"], row["file"]


def test_pictures_are_large_enough_to_look_at_and_small_enough_to_clone() -> None:
    sizes = [(FIXTURES / "pictures" / row["file"]).stat().st_size for row in PICTURES]

    assert len(PICTURES) >= 36
    assert max(sizes) < 260_000
    assert sum(sizes) < 9_500_000
    for row in PICTURES:
        with Image.open(FIXTURES / "pictures" / row["file"]) as image:
            assert max(image.size) >= 1600, row["file"]


def test_pictures_that_articles_show_are_in_the_library() -> None:
    library = {row["sha256"] for row in PICTURES}
    files = {row["file"] for row in PICTURES}
    shown = {sha256 for row in ARTICLES for sha256 in picture_hashes(row["body"])}
    shown |= {row["lead_picture"][0] for row in ARTICLES if row.get("lead_picture")}

    assert shown <= library
    assert {entry["content"]["lead_picture"] for entry in DESK} - {None} <= files


@pytest.mark.parametrize("content", TEXTS)
def test_texts_are_clean_as_written(content: dict[str, Any]) -> None:
    assert clean_body(content["body"]) == content["body"]


@pytest.mark.parametrize("content", TEXTS)
def test_texts_keep_to_chinese_punctuation(content: dict[str, Any]) -> None:
    plain = re.sub(r"<[^>]+>", "\n", content["body"]) + "\n" + content["headline"]

    assert re.findall(r"[一-鿿][,;:?!()\"']|[,;:?!(\"'][一-鿿]", plain) == []
    assert plain.count("“") == plain.count("”")
    assert plain.count("《") == plain.count("》")
    assert plain.count("（") == plain.count("）")
    assert re.findall(r"，，|。。|、、|，。|“”", plain) == []


@pytest.mark.parametrize("row", [pytest.param(r, id=str(r["number"])) for r in PUBLISHED])
def test_days_that_a_text_names_exist_and_weekdays_are_right(row: dict[str, Any]) -> None:
    year = int(row["first_published_at"][:4])
    plain = re.sub(r"<[^>]+>", "", row["body"])

    for month, day in DAY.findall(plain):
        date(2024, int(month), int(day))  # raises for a day that no year has
    for named, month, day, weekday in WEEKDAY.findall(plain):
        said = date(int(named or year), int(month), int(day)).weekday()
        assert "一二三四五六日"[said] == weekday.replace("天", "日")


def test_accounts_cover_every_role_and_carry_no_password() -> None:
    accounts = rows("accounts", "people.user")
    held = {group[0] for row in accounts for group in row["groups"]}

    assert held == {role.name for role in roles.all_roles()}
    assert {row["password"] for row in accounts} == {"!"}
    assert all(re.fullmatch(r"[一-鿿]{2,4}", row["name"]) for row in accounts)


def test_desk_has_something_in_every_stage_by_people_who_have_accounts() -> None:
    accounts = {row["username"] for row in rows("accounts", "people.user")}

    assert {entry["until"] for entry in DESK} == STAGES
    assert {entry["by"] for entry in DESK} <= accounts
    assert all(entry["note"] for entry in DESK if entry["until"] in {"returned", "held"})
