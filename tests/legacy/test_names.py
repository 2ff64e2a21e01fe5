import pytest
from hypothesis import strategies as st

from legacy import names
from legacy.names import NOTHING_KNOWN, Known

# Invented people: a common surname, and one or two characters that are none.
people = st.builds(
    lambda surname, name: surname + name,
    st.sampled_from(
        [*"张王李赵陈杨黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯邓曹彭曾萧", "欧阳", "诸葛"]
    ),
    st.text(alphabet="婷锦芳娟英秀玲霞涛超磊洋勇艳杰晨佳欣怡琳倩建志敏慧", min_size=1, max_size=2),
)


def found(text: str, known: Known = NOTHING_KNOWN) -> list[tuple[str, str]]:
    return [(one.name, one.note) for one in names.named(text, known)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张大山 李小河", [("张大山", ""), ("李小河", "")]),
        ("史     强", [("史强", "")]),
        ("魏 静 刘 明 张 良", [("魏静", ""), ("刘明", ""), ("张良", "")]),
        ("张 大 山", [("张大山", "padding")]),
        ("刘 小婷", [("刘小婷", "padding")]),
        ("姚小 山", [("姚小山", "padding")]),
        ("王建国李小红张大山", [("王建国", "run_on"), ("李小红", "run_on"), ("张大山", "run_on")]),
        ("李欢张良", [("李欢张良", "ambiguous")]),
        ("这是什么东西啊", [("这是什么东西啊", "not_understood")]),
        ("Mike Brown", [("Mike Brown", "")]),
    ],
)
def test_a_run_comes_apart_into_names(text, expected):
    assert found(text) == expected


def test_one_known_name_settles_where_the_other_begins():
    known = Known(names=frozenset({"张良"}))

    assert found("李小欢张良", known) == [("李小欢", ""), ("张良", "")]


@pytest.mark.parametrize(
    ("text", "unit", "name"),
    [
        ("青溪县道托镇王大军", "青溪县道托镇", "王大军"),
        ("县义工联张大山", "县义工联", "张大山"),
        ("邵阳新闻在线张大山", "邵阳新闻在线", "张大山"),
        ("张家界张大山", "张家界", "张大山"),
    ],
)
def test_a_unit_comes_off_the_name_that_it_is_glued_to(text, unit, name):
    assert names.unit_and_person(text, NOTHING_KNOWN) == (unit, name)


def test_a_known_unit_needs_no_ending():
    known = Known(units=frozenset({"龙潭片"}))

    assert names.unit_and_person("龙潭片张大山", known) == ("龙潭片", "张大山")


@pytest.mark.parametrize(
    "word",
    ["新华社", "红网", "田店镇", "公安局", "青溪县委宣传部", "平凉台", "全媒体创意中心", "龍潭縣"],
)
def test_units_are_told_by_their_endings(word):
    assert names.is_unit(word, NOTHING_KNOWN)


@pytest.mark.parametrize("word", ["薛大团", "朱小科", "王建社", "刘会", "李台", "陈国校"])
def test_a_name_may_end_like_a_unit(word):
    assert not names.is_unit(word, NOTHING_KNOWN)
    assert names.is_person(word, NOTHING_KNOWN)


def test_a_known_person_is_no_unit():
    assert not names.is_unit("新华社", Known(names=frozenset({"新华社"})))


@pytest.mark.parametrize("word", ["bluesky", "admin2", "13800000000", "a.b@news.example"])
def test_login_names_are_told_by_their_letters(word):
    assert names.is_login(word, NOTHING_KNOWN)


@pytest.mark.parametrize("text", ["<b>林晓燕", "alert(1)", "a=1", "石桥报(", "林晓燕)1(", "()"])
def test_markup_and_programs_are_no_names(text):
    assert not names.may_be_name(text)


@pytest.mark.parametrize("text", ["林晓燕", "石桥网(客户端)", "石桥网（客户端）", "Jane Doe", ""])
def test_a_bracket_may_belong_to_a_name(text):
    assert names.may_be_name(text)


def test_names_are_stored_without_padding_and_marks():
    assert names.stored(" 魏　静、") == "魏静"
