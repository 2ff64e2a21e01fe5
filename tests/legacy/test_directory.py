import pytest

from articles.models import Channel
from legacy.directory import Directory
from people.models import Contributor, Unit
from sources.models import Source
from tests import factories as make
from tests.legacy import records as old

pytestmark = pytest.mark.django_db


# Contributors


def test_a_name_alone_is_the_only_one_of_that_name():
    known = make.contributor("林晓燕", unit=make.unit("采访部"))

    assert Directory.read().contributor(old.credit("林晓燕")) == known.pk


def test_a_name_alone_is_the_one_without_a_unit_of_several():
    make.contributor("林晓燕", unit=make.unit("采访部"))
    known = make.contributor("林晓燕")

    assert Directory.read().contributor(old.credit("林晓燕")) == known.pk


def test_a_name_that_several_have_is_made_new_and_told():
    make.contributor("林晓燕", unit=make.unit("采访部"))
    make.contributor("林晓燕", unit=make.unit("龙潭镇"))
    directory = Directory.read()

    made = directory.contributor(old.credit("林晓燕"))

    assert Contributor.objects.get(pk=made).unit is None
    [note] = directory.take_notes()
    assert "林晓燕" in note and "采访部" in note and "龙潭镇" in note
    assert directory.take_notes() == []


def test_name_and_unit_name_one_person():
    known = make.contributor("林晓燕", unit=make.unit("采访部"))
    directory = Directory.read()

    assert directory.contributor(old.credit("林晓燕", unit="采访部")) == known.pk
    other = directory.contributor(old.credit("林晓燕", unit="县水利局"))
    assert Contributor.objects.get(pk=other).unit == Unit.objects.get(name="县水利局")
    assert len(directory.take_notes()) == 1


def test_an_export_means_the_one_without_a_unit_where_it_names_none():
    known = make.contributor("林晓燕", unit=make.unit("采访部"))

    made = Directory.read().contributor(old.credit("林晓燕"), is_exact=True)

    assert made != known.pk
    assert Contributor.objects.get(pk=made).unit is None


def test_a_padded_name_is_the_same():
    known = make.contributor("魏倩")

    assert Directory.read().contributor(old.credit("魏　倩")) == known.pk


def test_a_unit_that_is_credited_is_one():
    made = Directory.read().contributor(old.credit("县气象局", is_unit=True))

    assert Contributor.objects.get(pk=made).is_unit


def test_a_person_is_made_once():
    directory = Directory.read()

    assert directory.contributor(old.credit("林晓燕")) == directory.contributor(
        old.credit("林晓燕")
    )
    assert directory.made == {("contributor", "林晓燕 ")}


# Likely duplicates


@pytest.mark.parametrize(
    ("old_name", "new_name"),
    [
        ("青溪县融媒体中心", "青溪融媒体中心"),
        ("青溪县融媒体中心", "青溪縣融媒體中心"),
        ("5G青溪", "５Ｇ青溪"),
        ("青溪在线", "青溪·在线"),
    ],
)
def test_sources_that_look_alike_are_told_and_not_merged(old_name, new_name):
    known = make.source(old_name)
    directory = Directory.read()

    made = directory.source(new_name)

    assert made != known.pk
    [note] = directory.take_notes()
    assert old_name in note and new_name in note


def test_units_that_look_alike_are_told():
    make.unit("县水利局")
    directory = Directory.read()

    directory.contributor(old.credit("林晓燕", unit="水利局"))

    assert len(directory.take_notes()) == 1


def test_a_person_in_traditional_characters_is_told():
    make.contributor("张婷")
    directory = Directory.read()

    directory.contributor(old.credit("張婷"))

    assert len(directory.take_notes()) == 1


# Sources


def test_a_source_is_matched_by_its_name():
    known = make.source("红网")
    directory = Directory.read()

    assert directory.source(" 红网 ", "https://www.rednet.example/") == known.pk
    assert Source.objects.count() == 1


def test_a_new_source_has_the_home_page_that_its_record_names():
    directory = Directory.read()

    directory.source("红网", "https://www.rednet.example/")
    directory.source("某网", "javascript:alert(1)")

    assert Source.objects.get(name="红网").home_url == "https://www.rednet.example/"
    assert Source.objects.get(name="某网").home_url == ""


def test_there_is_one_own_source():
    directory = Directory.read()

    directory.source("甲中心", is_own=True)
    directory.source("乙中心", is_own=True)

    assert Source.objects.get(is_own=True).name == "甲中心"


# Channels


def test_a_channel_is_found_by_name_or_address():
    known = make.channel("要闻")
    directory = Directory.read()

    assert directory.channel("要闻") == known.pk
    assert directory.channel(known.slug) == known.pk
    assert directory.channel("别的名字", known.slug) == known.pk
    assert Channel.objects.count() == 1


def test_a_name_on_both_levels_is_the_one_of_the_first():
    make.channel("动态", parent=make.channel("乡镇"))
    top = make.channel("动态")

    assert Directory.read().channel("动态") == top.pk


def test_a_channel_below_another_is_made_with_it():
    directory = Directory.read()

    made = Channel.objects.get(pk=directory.channel("乡镇/龙潭镇"))

    assert made.parent and made.parent.name == "乡镇"
    assert (made.parent.slug, made.slug) == ("xiangzhen", "longtanzhen")
    assert directory.channel("乡镇/龙潭镇") == made.pk


def test_addresses_of_channels_are_never_given_twice():
    directory = Directory.read()

    slugs = [
        Channel.objects.get(pk=directory.channel(name)).slug
        for name in ("要闻", "药文", "乡镇/要闻", "乡镇/药文", "☆")
    ]

    assert slugs == ["yaowen", "yaowen-2", "xiangzhen-yaowen", "yaowen-3", "channel"]


def test_of_many_levels_the_first_and_the_last_stay():
    made = Channel.objects.get(pk=Directory.read().channel("新闻/本地/乡镇"))

    assert made.parent and (made.parent.name, made.name) == ("新闻", "乡镇")


def test_no_name_is_no_channel():
    assert Directory.read().channel("", "") is None


# What else


def test_the_grammar_of_bylines_learns_who_is_known():
    make.contributor("林晓燕", unit=make.unit("采访部"))
    make.source("红网")
    make.user(username="redcloud")

    known = Directory.read().known()

    assert "林晓燕" in known.names
    assert "采访部" in known.units
    assert "红网" in known.sources
    assert "redcloud" in known.accounts


def test_what_cannot_be_a_name_is_not_believed_for_standing_among_them():
    make.source("<script>alert(1)</script>")
    make.contributor("alert(1)")

    known = Directory.read().known()

    assert known.sources == known.names == frozenset()


def test_what_was_made_is_forgotten_with_its_transaction():
    directory = Directory.read()
    made = directory.source("红网")
    Source.objects.filter(pk=made).delete()

    directory.read_again()

    assert directory.source("红网") != made
    assert directory.made == {("source", "红网")}
