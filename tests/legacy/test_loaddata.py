import datetime
import io
import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Article, Channel, Picture, Status
from articles.text import picture_hashes
from people.models import Contributor, User
from publication import renditions
from publication.models import Edition
from tests import factories as make
from tests.legacy import files
from tests.rows import everything
from workflow import record, services
from workflow.models import Decision, Revision
from workflow.transitions import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsroom(tmp_path):
    """Everything an article stands on, loaded."""
    files.load(tmp_path, newsroom=files.newsroom())


def test_a_published_article_is_on_the_site_with_its_old_date_number_and_by_lines(
    tmp_path, newsroom
):
    files.load(
        tmp_path,
        files.article(),
        files.byline(),
        files.byline(contributor=["魏倩", ""], role="editor", order=2),
        files.tag("乡村振兴"),
        files.tagging("乡村振兴"),
    )

    edition = Edition.objects.visible(timezone.now()).get()
    then = datetime.datetime.fromisoformat(files.FIRST_PUBLISHED)
    assert edition.number == files.NUMBER
    assert edition.first_published_at == edition.visible_from == then
    assert edition.dateline == "青溪县融媒体中心8月23日讯（记者 张婷）"
    assert edition.responsible_editor == "魏倩"
    assert edition.reviewers == []
    assert edition.tags == ["乡村振兴"]


def test_the_record_says_that_it_was_imported_and_nobody_signed(tmp_path, newsroom):
    files.load(tmp_path, files.article(), files.byline())

    decision = Decision.objects.get()
    article = Article.objects.get()
    assert (decision.action, decision.by, decision.by_name) == (Action.IMPORT, None, files.SYSTEM)
    assert decision.fingerprint == article.fingerprint == Revision.objects.get().fingerprint
    assert article.version == 1
    assert not list(record.breaks())


def test_a_draft_of_an_earlier_system_comes_without_an_edition(tmp_path, newsroom):
    files.load(tmp_path, files.article(status="draft", first_published_at=None))

    assert Article.objects.get().status == Status.DRAFT
    assert not Edition.objects.exists()


def test_texts_are_cleaned_on_the_way_in(tmp_path, newsroom):
    files.load(
        tmp_path,
        files.article(
            headline=" 山路\u200b通了\n山货俏了 ",
            body='<div onclick="x()">　　八月的<b>龙潭镇</b>。<script>alert(1)</script></div>',
        ),
    )

    article = Article.objects.get()
    assert article.headline == "山路通了 山货俏了"
    assert article.body == Edition.objects.get().body == "<p>八月的<strong>龙潭镇</strong>。</p>"


def test_padded_names_are_stored_unpadded_and_known_again(tmp_path, newsroom):
    files.load(tmp_path, newsroom=files.newsroom())

    assert Contributor.objects.get(unit=None).name == "魏倩"


def test_times_without_a_zone_are_those_of_shanghai(tmp_path, newsroom):
    files.load(tmp_path, files.article(first_published_at="2023-08-23 21:21:48"))

    then = datetime.datetime.fromisoformat(files.FIRST_PUBLISHED)
    assert Article.objects.get().first_published_at == then


def test_pictures_are_stored_and_their_public_forms_made(tmp_path, newsroom):
    row = files.picture(tmp_path)
    sha256 = row["fields"]["sha256"]

    files.load(
        tmp_path,
        row,
        files.article(lead_picture=[sha256], body=f"<p>山路。</p>{files.figure(sha256)}"),
    )

    picture = Picture.objects.get()
    edition = Edition.objects.get()
    assert (picture.width, picture.height, picture.mime) == (640, 400, "image/jpeg")
    assert default_storage.exists(picture.file.name)
    assert edition.lead["caption"] == "新修的山路。"
    assert picture_hashes(edition.body) == [sha256]
    assert all(
        renditions.storage().exists(rendition["name"]) for rendition in edition.lead["renditions"]
    )


def test_pictures_that_no_reader_sees_get_no_public_form(tmp_path, newsroom):
    files.load(tmp_path, files.picture(tmp_path))

    [plan] = [renditions.planned(picture) for picture in Picture.objects.all()]
    assert not any(renditions.storage().exists(rendition["name"]) for rendition in plan)


def test_rows_may_stand_in_any_order_and_in_several_files(tmp_path):
    files.load(
        tmp_path,
        bylines=[files.byline(), files.tagging("交通"), files.tag("交通")],
        articles=[files.article()],
        newsroom=files.newsroom(),
    )

    assert Edition.objects.get().bylines[0]["name"] == "张婷"
    assert Channel.objects.get(slug="townships").parent.slug == "news"


def test_accounts_come_with_their_roles_and_without_a_password(tmp_path):
    files.load(tmp_path, files.account(groups=[["记者"]], is_staff=True))

    account = User.objects.get()
    assert [group.name for group in account.groups.all()] == ["记者"]
    assert not account.has_usable_password()


def test_loading_twice_changes_nothing(tmp_path):
    picture = files.picture(tmp_path)
    rows = [
        *files.newsroom(),
        picture,
        files.article(lead_picture=[picture["fields"]["sha256"]]),
        files.byline(),
        files.tag("交通"),
        files.tagging("交通"),
        files.account(groups=[["记者"]]),
        {"model": "publication.identity", "pk": 1, "fields": {"name": "青溪新闻网"}},
        {
            "model": "sources.reprintpermission",
            "fields": {"source": ["青溪县融媒体中心"], "starts": "2020-01-01"},
        },
        {
            "model": "workflow.channelassignment",
            "fields": {"user": ["zhangting"], "channel": ["news"]},
        },
    ]
    files.load(tmp_path, *rows)
    before = everything()

    files.load(tmp_path, *rows)

    assert everything() == before


def test_what_the_desk_has_changed_since_stays_changed(tmp_path, newsroom):
    rows = [files.article(), files.byline(), files.tag("交通"), files.tagging("交通")]
    files.load(tmp_path, *rows)
    article = Article.objects.get()
    services.save(
        article.pk,
        make.content(headline="更正后的标题", channel=article.channel),
        by=make.user("chief_editor"),
        at=timezone.now(),
        version=article.version,
    )
    make.take(
        services.withdraw,
        article,
        by=make.user("chief_editor"),
        at=timezone.now(),
        note="事实有误",
    )
    before = everything()

    files.load(tmp_path, *rows)

    assert everything() == before
    assert not Edition.objects.visible(timezone.now()).exists()


def test_new_numbers_do_not_meet_old_ones(tmp_path, newsroom, settings):
    settings.ARTICLE_NUMBER_START = files.NUMBER
    files.load(tmp_path, files.article())

    assert make.draft().number == files.NUMBER + 1


BROKEN_ARTICLES = {
    "unknown channel": ({"channel": ["weather"]}, "“栏目”：找不到“weather”。"),
    "unknown source": ({"source": ["某报"]}, "“来源”：找不到“某报”。"),
    "channel by its id": ({"channel": 1}, "“栏目”须写成自然键（列表），“1”不是。"),
    "unknown lead picture": ({"lead_picture": ["0" * 64]}, "“题图”：找不到“000"),
    "unknown picture in the body": (
        {"body": files.figure("0" * 64)},
        f"正文用到的图片 {'0' * 64} 不在图库中。",
    ),
    "picture of another host": (
        {"body": '<p>图</p><img src="https://example.com/a.jpg">'},
        "正文中的图片须以“/picture/”加 SHA-256 引用。",
    ),
    "bad date": ({"first_published_at": "2023-13-01T00:00"}, "首次发布时间：“2023-13-01T00:00”"),
    "no date": ({"first_published_at": None}, "已发稿件须有首次发布时间"),
    "date in the future": (
        {"first_published_at": "2999-01-01T08:00:00+08:00"},
        "首次发布时间（first_published_at）在将来：2999-01-01 08:00。",
    ),
    "headline too long": ({"headline": "长" * 121}, "标题："),
    "headline missing": ({"headline": " "}, "标题："),
    "headline null": ({"headline": None}, "“标题”不能为 null。"),
    "headline no text": ({"headline": ["标题"]}, "标题：“标题”不是单个值。"),
    "summary too long": ({"summary": "长" * 501}, "摘要有 501 个字符，最多 500 个。"),
    "body missing": ({"body": "<p> </p>"}, "已发稿件"),
    "number missing": ({"number": None}, "“稿号”不能为 null。"),
    "number no number": ({"number": "十二"}, "稿号：“十二”"),
    "number zero": ({"number": 0}, "缺少稿号。"),
    "status of the desk": (
        {"status": "approved"},
        "不能载入状态“approved”：请用 published 或 draft。",
    ),
    "no legacy id": ({"legacy_id": ""}, "只有旧系统的稿件可由数据文件载入"),
    "version": ({"version": 7}, "“version”由系统设定，不能载入。"),
    "tags in the row": ({"tags": ["交通"]}, "“tags”由系统设定，不能载入。"),
    "unknown field": ({"title": "标题"}, "没有“title”这一项。"),
    "script as address": ({"original_url": "javascript:alert(1)"}, "原文链接："),
}


@pytest.mark.parametrize(
    ("fields", "sentence"), BROKEN_ARTICLES.values(), ids=BROKEN_ARTICLES.keys()
)
def test_a_broken_article_is_refused_with_row_number_and_reason(
    tmp_path, newsroom, fields, sentence
):
    before = everything()
    sound = files.article(number=1, legacy_id="1")

    with pytest.raises(CommandError) as refusal:
        files.load(tmp_path, sound, files.article(**fields))

    assert str(refusal.value).startswith("articles.json 第 2 行（稿件 rednet")
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith("没有载入任何内容。")
    assert everything() == before


OTHER_BROKEN_ROWS = {
    "unclean role": (files.byline(role="boss"), "身份：值 'boss' 不是有效选项。"),
    "unknown contributor": (files.byline(contributor=["无名", ""]), "“作者”：找不到“无名”。"),
    "half a key": (files.byline(contributor=["张婷"]), "“作者”须写成自然键（列表），“张婷”不是。"),
    "unknown article": (files.byline(article=["rednet", "9"]), "“稿件”：找不到“rednet 9”。"),
    "by-line of nothing": (
        {"model": "articles.byline", "fields": {"contributor": ["张婷", "采访部"]}},
        "没有写明属于哪篇稿件。",
    ),
    "unknown tag": (files.tagging("气象"), "找不到“气象”。"),
    "a decision": (
        {"model": "workflow.decision", "fields": {}},
        "这类数据由系统生成，不能由数据文件载入。",
    ),
    "an edition": (
        {"model": "publication.edition", "fields": {}},
        "这类数据由系统生成，不能由数据文件载入。",
    ),
    "no such kind": ({"model": "articles.poem", "fields": {}}, "没有这一类数据。"),
    "no fields": ({"model": "articles.article"}, "每一行都要有“model”和“fields”。"),
    "no row": ("要闻", "每一行都要有“model”和“fields”。"),
    "a primary key": ({**files.article(), "pk": 5}, "请去掉“pk”：各行以自然键识别。"),
    "a password": (
        files.account(password="md5$salt$5f4dcc3b5aa765d61d8327deb882cf99"),
        "含有密码。请用 manage.py changepassword 设置密码。",
    ),
    "a superuser": (files.account(is_superuser=True), "是超级用户。"),
    "unknown role": (files.account(groups=[["社长"]]), "找不到“社长”。"),
    "the same twice": (files.article(), "同一行出现了两次。"),
    "the number of another": (
        files.article(legacy_id="2"),
        f"稿号 {files.NUMBER} 已为《龙潭镇：山路通了，山货俏了》所用。",
    ),
    "a second own source": (
        {"model": "sources.source", "fields": {"name": "另一中心", "is_own": True}},
        "来源",
    ),
}


@pytest.mark.parametrize(
    ("row", "sentence"), OTHER_BROKEN_ROWS.values(), ids=OTHER_BROKEN_ROWS.keys()
)
def test_any_other_broken_row_is_refused_and_nothing_of_the_call_is_loaded(
    tmp_path, newsroom, row, sentence
):
    before = everything()

    with pytest.raises(CommandError) as refusal:
        files.load(tmp_path, first=[files.article()], second=[files.tag("交通"), row])

    assert str(refusal.value).startswith("second.json 第 2 行（")
    assert sentence in str(refusal.value)
    assert everything() == before


def test_articles_written_here_get_no_rows_from_outside(tmp_path, newsroom):
    number = make.draft().number
    before = everything()

    with pytest.raises(CommandError, match="所属稿件是本系统中撰写的"):
        files.load(tmp_path, files.byline(article=["", str(number)], order=2))

    assert everything() == before


BROKEN_PICTURES = {
    "path upwards": ({"file": "../road.jpg"}, "“file”须为数据文件旁“pictures”文件夹中的文件名。"),
    "absolute path": ({"file": "/etc/passwd"}, "“file”须为数据文件旁"),
    "no name": ({"file": None}, "“file”须为数据文件旁"),
    "a NUL": ({"file": "road\0.jpg"}, "“file”须为数据文件旁"),
    "missing file": (
        {"file": "bridge.jpg"},
        "数据文件旁的“pictures”文件夹中没有文件 bridge.jpg。",
    ),
    "another file": ({"sha256": "0" * 64}, "文件 road.jpg 与该行所记不符，其 SHA-256 为 "),
    "focal point outside": ({"focal_x": 120}, "焦点距左边（%）：确保该值小于或等于100。"),
}


@pytest.mark.parametrize(
    ("fields", "sentence"), BROKEN_PICTURES.values(), ids=BROKEN_PICTURES.keys()
)
def test_a_broken_picture_is_refused_and_leaves_no_file(tmp_path, fields, sentence):
    with pytest.raises(CommandError) as refusal:
        files.load(tmp_path, files.picture(tmp_path, **fields))

    assert str(refusal.value).startswith("articles.json 第 1 行（图片 ")
    assert sentence in str(refusal.value)
    assert not Picture.objects.exists()
    assert _stored(tmp_path) == []


def test_a_file_that_is_no_picture_is_refused_whatever_its_name(tmp_path):
    row = files.picture(tmp_path)
    (tmp_path / "pictures" / "road.jpg").write_bytes(b"MZ\x90\x00")

    with pytest.raises(CommandError, match=r"road\.jpg：这个文件不是图片"):
        files.load(tmp_path, row)


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path):
    row = files.picture(tmp_path)
    road = tmp_path / "pictures" / "road.jpg"
    road.rename(tmp_path / "elsewhere.jpg")
    road.symlink_to(tmp_path / "elsewhere.jpg")

    with pytest.raises(CommandError, match=r"没有文件 road\.jpg"):
        files.load(tmp_path, row)


def test_a_refused_call_leaves_no_files_of_its_pictures(tmp_path, newsroom):
    row = files.picture(tmp_path)
    sound = files.article(lead_picture=[row["fields"]["sha256"]])

    with pytest.raises(CommandError):
        files.load(tmp_path, row, sound, files.byline(role="boss"))

    assert _stored(tmp_path) == []


def test_a_refused_call_keeps_the_files_of_pictures_that_readers_see(tmp_path, newsroom):
    row = files.picture(tmp_path)
    sha256 = row["fields"]["sha256"]
    files.load(tmp_path, row, files.article(lead_picture=[sha256]))
    before = _stored(tmp_path)

    with pytest.raises(CommandError):
        files.load(
            tmp_path,
            row,
            files.article(number=2, legacy_id="2", lead_picture=[sha256]),
            files.byline(role="boss", article=["rednet", "2"]),
        )

    assert _stored(tmp_path) == before


def test_an_error_in_the_middle_of_admitting_leaves_nothing(tmp_path, newsroom, monkeypatch):
    before = everything()

    def fail(*args, **facts):
        raise OSError("disk")

    monkeypatch.setattr("publication.editions.open_first", fail)
    with pytest.raises(OSError, match="disk"):
        files.load(tmp_path, files.article(), files.byline())

    assert everything() == before


def test_a_full_disk_is_said_in_a_sentence(tmp_path, newsroom, monkeypatch):
    row = files.picture(tmp_path)

    def fail(picture):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("publication.renditions.make", fail)
    with pytest.raises(CommandError, match="无法生成网站用图"):
        files.load(tmp_path, row, files.article(lead_picture=[row["fields"]["sha256"]]))

    assert _stored(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"model": ', "不是有效的 JSON"),
        ("\udcff", "不是有效的 JSON"),
        ('{"model": "articles.article"}', "内容应为若干行组成的列表"),
    ],
)
def test_what_is_no_fixture_is_refused_with_the_name_of_the_file(tmp_path, text, sentence):
    (tmp_path / "broken.json").write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(CommandError, match=rf"broken\.json .*{sentence}"):
        call_command("loaddata", str(tmp_path / "broken.json"), verbosity=0)


def test_rows_may_come_one_to_a_line(tmp_path):
    lines = [json.dumps(row, ensure_ascii=False) for row in files.newsroom()]
    (tmp_path / "newsroom.jsonl").write_text("\n".join(lines), encoding="utf-8")

    said = io.StringIO()
    call_command("loaddata", str(tmp_path / "newsroom.jsonl"), stdout=said)

    assert said.getvalue() == "新载入 6 行；0 行原已存在，保持不变。\n"


def test_a_file_that_is_found_twice_is_read_once(tmp_path, monkeypatch, settings):
    settings.FIXTURE_DIRS = [tmp_path]
    (tmp_path / "room.json").write_text(json.dumps(files.newsroom()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    call_command("loaddata", "room", "room", verbosity=0)

    assert Channel.objects.count() == 2


def test_other_kinds_of_file_are_refused(tmp_path):
    (tmp_path / "articles.xml").write_text("<django-objects/>", encoding="utf-8")

    with pytest.raises(CommandError, match=r"articles\.xml：数据文件须为 JSON 格式。"):
        call_command("loaddata", str(tmp_path / "articles.xml"), verbosity=0)


def test_unknown_fields_cannot_be_ignored(tmp_path):
    with pytest.raises(CommandError, match="不能忽略未知的项"):
        call_command("loaddata", "articles", ignore=True)


def test_kinds_can_be_left_out(tmp_path, newsroom):
    path = tmp_path / "articles.json"
    path.write_text(json.dumps([files.article(), files.byline(), files.tag("交通")]))

    call_command("loaddata", str(path), exclude=["taggit"], verbosity=0)

    assert Article.objects.get().bylines.count() == 1
    assert not Article.tags.exists()


def _stored(tmp_path):
    """The files in the private store and among the public pictures."""
    return sorted(
        str(path)
        for name in ("default", "renditions")
        for path in (tmp_path / name).rglob("*")
        if path.is_file()
    )
