"""The picture library: what is taken in, who sees which picture, and what leaves the store."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from articles.models import Picture, Status
from people.models import User
from publication import renditions
from tests import factories
from workflow import permissions

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/picture/add/"
UPLOAD = "/admin/articles/picture/upload/"


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def file(data: bytes, name: str = "会场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def bomb() -> bytes:
    data = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(data, "PNG")
    return data.getvalue()


def body_with(picture: Picture) -> str:
    return f'<p>文字</p><figure><img src="/picture/{picture.sha256}" alt="图"><figcaption>图</figcaption></figure>'


# Taking in


@pytest.mark.parametrize("address", [ADD, UPLOAD])
@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空"),
        (b"MZ\x90\x00" + b"\x00" * 400, "不是图片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不是图片"),
        (b"\xff\xd8\xff" + b"\x00" * 30 * 1024 * 1024, "MB"),
        (factories.image_bytes(size=(64, 64))[:-200], ""),
        (bomb(), "像素"),
    ],
    ids=["empty", "executable", "svg", "30 MB", "cut off", "bomb"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    address: str, data: bytes, word: str
) -> None:
    client = logged_in(factories.user("correspondent"))
    response = client.post(address, {"original": file(data), "caption": "已经写好的说明"})
    if address == UPLOAD:
        assert response.status_code == 400
        sentence = " ".join(response.json()["errors"])
    else:
        form = response.context["adminform"].form
        sentence = " ".join(form.errors["original"])
        assert form["caption"].value() == "已经写好的说明"
    assert sentence and word in sentence
    assert not Picture.objects.exists()


def test_bad_texts_of_a_picture_are_refused_and_nothing_is_stored() -> None:
    client = logged_in(factories.user("correspondent"))
    texts = {"caption": "<script>alert(1)</script>", "alt": "长" * 10_000, "credit": "甲\x00"}
    response = client.post(ADD, {"original": file(factories.image_bytes()), **texts})
    form = response.context["adminform"].form
    assert sorted(form.errors) == sorted(texts)
    assert {name: form[name].value() for name in texts} == texts
    assert not Picture.objects.exists()


def test_an_upload_lands_in_the_library_with_its_texts() -> None:
    writer = factories.user("correspondent")
    response = logged_in(writer).post(
        UPLOAD,
        {
            "original": file(factories.image_bytes()),
            "caption": "会场。",
            "alt": "会场",
            "credit": "王敏",
        },
    )
    picture = Picture.objects.get()
    assert response.status_code == 201
    assert response.json()["src"] == f"/picture/{picture.sha256}"
    assert (picture.caption, picture.alt, picture.credit) == ("会场。", "会场", "王敏")
    assert picture.uploaded_by == writer


def test_the_same_picture_again_leads_to_the_known_one() -> None:
    data = factories.image_bytes()
    first, second = factories.user("correspondent"), factories.user("correspondent")
    logged_in(first).post(UPLOAD, {"original": file(data), "caption": "先传的"})
    client = logged_in(second)
    again = client.post(UPLOAD, {"original": file(data), "caption": "后传的"})
    picture = Picture.objects.get()
    assert again.status_code == 200
    assert again.json()["known"] is True
    assert picture.caption == "先传的"
    assert client.get(again.json()["src"]).status_code == 200
    page = client.post(ADD, {"original": file(data), "caption": "再传"}, follow=True)
    assert page.status_code == 200
    assert Picture.objects.count() == 1


def test_the_desk_describes_all_pictures_a_writer_their_own() -> None:
    writer = factories.user("correspondent")
    own, other = factories.picture(by=writer), factories.picture(by=factories.user("reporter"))
    change = {"caption": "新说明", "alt": "新", "credit": "", "focal_x": "10", "focal_y": "90"}

    def describe(user: User, picture: Picture) -> int:
        url = reverse("admin:articles_picture_change", args=[picture.pk])
        return logged_in(user).post(url, change).status_code

    assert describe(writer, own) == 302
    own.refresh_from_db()
    assert (own.caption, own.focal_x, own.focal_y) == ("新说明", 10, 90)
    describe(writer, other)
    other.refresh_from_db()
    assert other.caption == "会议现场。"
    assert describe(factories.user("editor"), other) == 302


def test_where_a_picture_is_used_names_only_articles_one_may_see() -> None:
    writer = factories.user("correspondent")
    picture = factories.picture(by=writer)
    factories.draft(by=writer, headline="自己的稿", lead_picture=picture)
    factories.draft(headline="别人的稿", body=body_with(picture))
    page = logged_in(writer).get(reverse("admin:articles_picture_change", args=[picture.pk]))
    assert "自己的稿" in page.text
    assert "别人的稿" not in page.text


def test_nobody_deletes_a_picture() -> None:
    picture = factories.picture()
    url = reverse("admin:articles_picture_delete", args=[picture.pk])
    assert logged_in(factories.user("chief_editor")).post(url, {"post": "yes"}).status_code == 403
    assert Picture.objects.exists()


# Seeing


def seen_by(user: User, picture: Picture) -> bool:
    status = logged_in(user).get(f"/picture/{picture.sha256}").status_code
    assert status in {200, 404}
    return status == 200


def test_own_uploads_are_seen_and_others_are_not() -> None:
    writer, other = factories.user("correspondent"), factories.user("correspondent")
    picture = factories.picture(by=writer)
    assert seen_by(writer, picture)
    assert not seen_by(other, picture)


@pytest.mark.parametrize("role", ["editor", "section_head", "chief_editor"])
def test_the_desk_sees_all_pictures(role: str) -> None:
    assert seen_by(factories.user(role), factories.picture())


def test_pictures_of_ones_articles_are_seen() -> None:
    writer = factories.user("correspondent")
    lead, inside = factories.picture(), factories.picture()
    factories.draft(by=writer, lead_picture=lead, body=body_with(inside))
    assert seen_by(writer, lead)
    assert seen_by(writer, inside)
    assert set(Picture.objects.filter(permissions.visible_pictures(writer, factories.NOON))) == {
        lead,
        inside,
    }


def test_pictures_on_the_site_are_seen_by_every_writer() -> None:
    inside = factories.picture()
    factories.article(Status.PUBLISHED, body=body_with(inside))
    assert seen_by(factories.user("correspondent"), inside)


def test_the_administrator_and_strangers_see_none() -> None:
    picture = factories.picture()
    factories.article(Status.PUBLISHED, body=body_with(picture))
    assert not seen_by(factories.user("administrator"), picture)
    assert not seen_by(factories.user(), picture)
    assert Client().get(f"/picture/{picture.sha256}").status_code == 404


def test_what_is_shown_is_a_small_copy_without_metadata_and_not_kept_anywhere() -> None:
    writer = factories.user("correspondent")
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    data = factories.image_bytes(size=(3000, 2000), exif=exif)
    client = logged_in(writer)
    address: Any = client.post(UPLOAD, {"original": file(data)}).json()["src"]
    response = client.get(address)
    shown = response.content
    assert b"secret place" in data and b"secret place" not in shown
    assert Image.open(io.BytesIO(shown)).width == 960
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    small = client.get(f"{address}?small")
    assert Image.open(io.BytesIO(small.content)).width == 480


def test_a_picture_whose_original_is_gone_is_not_there() -> None:
    picture = factories.picture()
    picture.file.storage.delete(picture.file.name)
    assert not seen_by(factories.user("editor"), picture)
    assert not renditions.storage().exists(renditions.planned(picture)[0]["name"])


# The dialog


def test_the_library_lists_what_one_may_see_and_searches_it() -> None:
    writer = factories.user("correspondent")
    factories.picture(by=writer, caption="秋收", alt="稻田")
    factories.picture(by=writer, caption="会场", credit="王敏")
    factories.picture(caption="别人的会场")
    client = logged_in(writer)
    url = reverse("admin:articles_picture_library")

    def captions(**query: str) -> list[str]:
        return [one["caption"] for one in client.get(url, query).json()["pictures"]]

    assert captions() == ["会场", "秋收"]
    assert captions(q="会场") == ["会场"]
    assert captions(q="王敏") == ["会场"]
    assert captions(before=str(Picture.objects.get(caption="会场").pk)) == ["秋收"]
    assert captions(before="x", q="\x00") == ["会场", "秋收"]


def test_the_library_and_uploads_are_for_those_who_write() -> None:
    client = logged_in(factories.user("administrator"))
    assert client.get(reverse("admin:articles_picture_library")).status_code == 403
    assert client.post(UPLOAD, {"original": file(factories.image_bytes())}).status_code == 403
    assert logged_in(factories.user("reporter")).get(UPLOAD).status_code == 405
    assert not Picture.objects.exists()
