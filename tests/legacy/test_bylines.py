import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.models import Role
from legacy.bylines import Known, caption_credits, dateline, parse
from legacy.names import NOTHING_KNOWN
from tests.legacy import test_names

REPORTER, CORRESPONDENT, INTERN = Role.REPORTER, Role.CORRESPONDENT, Role.INTERN
PHOTO, VIDEO, EDITOR, PROOF = Role.PHOTOGRAPHER, Role.VIDEOGRAPHER, Role.EDITOR, Role.PROOFREADER
FIRST, SECOND, FINAL = Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def read(*strings: str, known: Known = NOTHING_KNOWN) -> dict[Role, list[str]]:
    """The names by role, of one page; ? before who is credited without a stated role, the unit
    after @, # for a unit that is credited itself."""
    found: dict[Role, list[str]] = {}
    for credit in parse(strings, known=known).credits:
        name = f"{'' if credit.stated else '?'}{credit.name}{'#' if credit.is_unit else ''}"
        unit = f"@{credit.unit}" if credit.unit else ""
        found.setdefault(Role(credit.role), []).append(name + unit)
    return found


def sentences(*strings: str, known: Known = NOTHING_KNOWN) -> list[tuple[str, str]]:
    return [(doubt.field, doubt.sentence) for doubt in parse(strings, known=known).doubts]


# Meta lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("来源:青溪县融媒体中心 作者:张大山 李小河 编辑:王芳", {REPORTER: ["?张大山", "?李小河"], EDITOR: ["王芳"]}),
        ("来源：红网　作者：张大山、李小河　责任编辑：王芳", {REPORTER: ["?张大山", "?李小河"], EDITOR: ["王芳"]}),
        ("来源|青溪融媒 编辑|王芳 编审|赵刚", {EDITOR: ["王芳"], FINAL: ["赵刚"]}),
        ("融媒体记者丨张大山 李小河 编辑丨王芳 审核丨赵刚", {REPORTER: ["张大山", "李小河"], EDITOR: ["王芳"], FINAL: ["赵刚"]}),
        ("(作者 张大山 编辑 王芳 审核 赵刚)", {REPORTER: ["?张大山"], EDITOR: ["王芳"], FINAL: ["赵刚"]}),
        ("来源 青溪图片库 / 作者 张大山 / 编辑 王芳 / 二审 李强 / 三审 赵刚", {REPORTER: ["?张大山"], EDITOR: ["王芳"], SECOND: ["李强"], FINAL: ["赵刚"]}),
        ("编辑 王芳 二审 李强 三审 赵刚", {EDITOR: ["王芳"], SECOND: ["李强"], FINAL: ["赵刚"]}),
        ("编 辑:王 芳 一 审:魏 明 二 审:李强 三 审:赵 刚", {EDITOR: ["王芳"], FIRST: ["魏明"], SECOND: ["李强"], FINAL: ["赵刚"]}),
        ("初审:张大山 ‖ 复审:李小河 ‖ 终审:王芳", {FIRST: ["张大山"], SECOND: ["李小河"], FINAL: ["王芳"]}),
        ("一审编辑:王芳 二审校对:李强 终审核发:赵刚", {EDITOR: ["王芳"], PROOF: ["李强"], FIRST: ["王芳"], SECOND: ["李强"], FINAL: ["赵刚"]}),
        ("一审一校：王芳 二审二校：李强", {PROOF: ["王芳", "李强"], FIRST: ["王芳"], SECOND: ["李强"]}),
        ("编辑|王芳责编|刘静校对|李强编审|赵刚", {EDITOR: ["王芳", "刘静"], PROOF: ["李强"], FINAL: ["赵刚"]}),
        ("编辑王芳 编审赵刚", {EDITOR: ["王芳"], FINAL: ["赵刚"]}),
        ("(编辑/王芳)", {EDITOR: ["王芳"]}),
        ("【责任编辑：王芳】", {EDITOR: ["王芳"]}),
        ("编辑:王    芳 责编:黄小丽 版面编辑:李强", {EDITOR: ["王芳", "黄小丽", "李强"]}),
        ("关键词:责任编辑:王芳", {EDITOR: ["王芳"]}),
        ("作者: 记者 张大山", {REPORTER: ["张大山"]}),
        ("作者:青溪日报 记者 张大山", {REPORTER: ["张大山"]}),
        ("作者:通讯员 张大山 李小河", {CORRESPONDENT: ["张大山", "李小河"]}),
        ("作者:张大山 编辑:王芳-青溪站", {REPORTER: ["?张大山"], EDITOR: ["王芳@青溪站"]}),
        ("来源: 作者: 编辑:王芳", {EDITOR: ["王芳"]}),
        ("来源：红网 主持人:李强 编辑：王芳", {EDITOR: ["王芳"]}),
        ("记者:李大山 編輯:王芳 審核:赵刚", {REPORTER: ["李大山"], EDITOR: ["王芳"], FINAL: ["赵刚"]}),
    ],
)  # fmt: skip
def test_meta_lines(line, expected):
    assert read(*line.split("‖")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("主编:赵刚", {FINAL: ["赵刚"]}),
        ("审核:李强 终审:赵刚", {SECOND: ["李强"], FINAL: ["赵刚"]}),
        ("审核:李强 编审:赵刚", {SECOND: ["李强"], FINAL: ["赵刚"]}),
        ("审核:李强 编审:王芳 主编:赵刚", {FIRST: ["李强"], SECOND: ["王芳"], FINAL: ["赵刚"]}),
        ("审核:李强 二审:王芳 三审:赵刚", {FIRST: ["李强"], SECOND: ["王芳"], FINAL: ["赵刚"]}),
        ("审核:李强 张明", {FINAL: ["李强", "张明"]}),
    ],
)
def test_words_that_do_not_say_which_review_take_the_last_that_is_free(line, expected):
    assert read(line) == expected
    assert parse([line]).confidence["editor"] == 0.7


def test_who_signs_a_review_signs_no_other_for_being_named_twice():
    assert read("审核:赵刚 三审:赵刚") == {FINAL: ["赵刚"]}
    assert read("一审:李强 审核:李强 三审:赵刚") == {FIRST: ["李强"], FINAL: ["赵刚"]}


def test_a_fourth_signer_is_told_and_not_credited():
    line = "一审:张明 二审:王芳 三审:赵刚 审核:李强"

    assert read(line) == {FIRST: ["张明"], SECOND: ["王芳"], FINAL: ["赵刚"]}
    assert sentences(line) == [
        ("editor", "“李强” (审核) was left out: all reviews are signed by others.")
    ]


def test_who_supervised_or_made_it_up_is_told_but_not_credited():
    assert read("编辑:王芳 总 监 制:赵刚") == {EDITOR: ["王芳"]}
    assert sentences("编辑:王芳 总监制:赵刚") == [
        ("credits", "“赵刚” is named as 总监制, for which there is no role; not credited.")
    ]


def test_people_under_a_word_that_is_not_known_are_told():
    assert read("编辑:王芳 统稿:赵刚") == {EDITOR: ["王芳"]}
    assert len(sentences("编辑:王芳 统稿:赵刚")) == 1
    assert sentences("编辑:王芳 版次:第三版") == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("编辑:bluesky", "“bluesky” (编辑) is a login name and was left out."),
        (
            "责任编辑:青溪新闻网",
            "“青溪新闻网” (责任编辑) is a site, unit or place and was left out.",
        ),
        ("编辑:青溪在线", "“青溪在线” (编辑) is a site, unit or place and was left out."),
        ("编辑:岳阳", "“岳阳” (编辑) is a site, unit or place and was left out."),
        ("编辑:系统管理员", "“系统管理员” (编辑) names nobody and was left out."),
    ],
)
def test_accounts_and_sites_are_no_editors(line, sentence):
    page = parse([line])

    assert page.credits == ()
    assert [doubt.sentence for doubt in page.doubts] == [sentence]
    assert page.confidence["editor"] == 0.6


def test_a_login_name_of_the_newsroom_is_no_editor_though_it_looks_like_a_name():
    assert read("编辑:王芳", known=Known(accounts=frozenset({"王芳"}))) == {}


def test_the_source_as_editor_is_none():
    assert read("来源:岳麓山 编辑:岳麓山") == {}


def test_a_unit_may_be_the_author():
    assert read("作者:新华社") == {REPORTER: ["?新华社#"]}
    assert read("作者:《大山》全媒体创意中心 责任编辑:王芳") == {
        REPORTER: ["?《大山》全媒体创意中心#"],
        EDITOR: ["王芳"],
    }


# Datelines and credits


@pytest.mark.parametrize(
    ("text", "outlet", "place", "day", "expected"),
    [
        ("青溪县融媒体中心9月20日讯(记者 张大山 通讯员 李小河 王芳)", "青溪县融媒体中心", "", (9, 20, None), {REPORTER: ["张大山"], CORRESPONDENT: ["李小河", "王芳"]}),
        ("红网长沙4月9日讯（记者 张大山 摄影 李小河）", "红网", "长沙", (4, 9, None), {REPORTER: ["张大山"], PHOTO: ["李小河"]}),
        ("红网时刻新闻3月31日讯(通讯员 张大山 李小河)", "红网时刻新闻", "", (3, 31, None), {CORRESPONDENT: ["张大山", "李小河"]}),
        ("青溪新闻网10月15日讯 (记者 张大山 实习生 李小河)", "青溪新闻网", "", (10, 15, None), {REPORTER: ["张大山"], INTERN: ["李小河"]}),
        ("5月23日15时讯(首席记者 张大山 实习生 李小河)", "", "", (5, 23, 15), {REPORTER: ["张大山"], INTERN: ["李小河"]}),
        ("湖南日报9月23日讯(全媒体记者 张大山 李小河)", "湖南日报", "", (9, 23, None), {REPORTER: ["张大山", "李小河"]}),
        ("大众经济联播3月27日河南上蔡电(记者张大山 李小河 通讯员王芳 赵刚)", "大众经济联播", "河南上蔡", (3, 27, None), {REPORTER: ["张大山", "李小河"], CORRESPONDENT: ["王芳", "赵刚"]}),
        ("新青溪讯【记者张大山 李小河】", "新青溪", "", (None,) * 3, {REPORTER: ["张大山", "李小河"]}),
        ("今日青溪讯(通讯员 张大山)", "今日青溪", "", (None,) * 3, {CORRESPONDENT: ["张大山"]}),
        ("本报讯(通讯员 张大山)", "本报", "", (None,) * 3, {CORRESPONDENT: ["张大山"]}),
        ("咸宁网讯 特约记者张大山、通讯员李小河报道:", "咸宁网", "", (None,) * 3, {REPORTER: ["张大山"], CORRESPONDENT: ["李小河"]}),
        ("本网讯通讯员张大山 李小河报道:", "本网", "", (None,) * 3, {CORRESPONDENT: ["张大山", "李小河"]}),
        ("人民网南宁5月12日电(张大山)", "人民网", "南宁", (5, 12, None), {REPORTER: ["?张大山"]}),
        ("青溪在线讯(张大山摄影报道)", "青溪在线", "", (None,) * 3, {REPORTER: ["?张大山"], PHOTO: ["张大山"]}),
        ("福州新闻网1月11日讯(记者 张大山 文/图)", "福州新闻网", "", (1, 11, None), {REPORTER: ["张大山"], PHOTO: ["张大山"]}),
        ("据新华社北京1月1日电 ", "新华社", "北京", (1, 1, None), {}),
        ("央视网消息(记者 张大山)：", "央视网", "", (None,) * 3, {REPORTER: ["张大山"]}),
        ("(青溪融媒讯 记者 张大山)", "青溪融媒", "", (None,) * 3, {REPORTER: ["张大山"]}),
    ],
)  # fmt: skip
def test_datelines(text, outlet, place, day, expected):
    found = dateline(text + "8月底，村里通了路。")

    assert found is not None
    assert (found.outlet, found.place) == (outlet, place)
    assert (found.month, found.day, found.hour) == day
    assert found.length == len(text)
    assert read(text) == expected
    assert parse([text]).has_dateline


@pytest.mark.parametrize(
    "text",
    [
        "快讯：村里通了路。",
        "8月3日电闪雷鸣，村里停了电。",
        "村民王大妈打来电话说，路通了。",
        "8月23日下午，县里开会。",
        "据通讯社报道，路通了。",
        "（一）路通了",
        "",
    ],
)
def test_what_only_looks_like_a_dateline_is_none(text):
    assert dateline(text) is None


def test_a_bracket_that_is_no_credit_stays_in_the_text():
    found = dateline("青溪融媒8月3日讯（见图）村里通了路。")

    assert found is not None and found.length == len("青溪融媒8月3日讯")


def test_a_known_source_tells_the_outlet_of_a_dateline_from_its_place():
    known = Known(sources=frozenset({"大美青溪"}))

    found = dateline("大美青溪龙潭8月3日讯", known)

    assert found is not None and (found.outlet, found.place) == ("大美青溪", "龙潭")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("(记者 张大山 特约记者 李小河 王芳)", {REPORTER: ["张大山", "李小河", "王芳"]}),
        ("□记者  张大山  李明 通讯员 王小芳 报道", {REPORTER: ["张大山", "李明"], CORRESPONDENT: ["王小芳"]}),
        ("通讯员张大山", {CORRESPONDENT: ["张大山"]}),
        ("(常德市台办通讯员 张大山)", {CORRESPONDENT: ["张大山@常德市台办"]}),
        ("通讯员 张大山（县人民法院） 李小河", {CORRESPONDENT: ["张大山@县人民法院", "李小河"]}),
        ("来源:云上青溪 巴东台通联 张大山", {CORRESPONDENT: ["张大山@巴东台"]}),
        ("特约通讯员:张大山 摄影", {CORRESPONDENT: ["张大山"], PHOTO: ["张大山"]}),
        ("贵州日报天眼新闻记者张大山整理", {REPORTER: ["张大山"]}),
        ("本报记者 张大山 通讯员 李小河 文/图", {REPORTER: ["张大山"], CORRESPONDENT: ["李小河"], PHOTO: ["张大山", "李小河"]}),
        ("记者 张大山 通讯员 李小河 青溪报道", {REPORTER: ["张大山"], CORRESPONDENT: ["李小河"]}),
        ("(文字记者张大山、摄影记者李小河)", {REPORTER: ["张大山"], PHOTO: ["李小河"]}),
        ("（记者 张大山 文 李小河 摄）", {REPORTER: ["张大山"], PHOTO: ["李小河"]}),
        ("文字/张大山 李小河 图片/王芳", {REPORTER: ["?张大山", "?李小河"], PHOTO: ["王芳"]}),
        ("图/文 张大山 李小河", {REPORTER: ["?张大山", "?李小河"], PHOTO: ["张大山", "李小河"]}),
        ("(图文/张大山)", {REPORTER: ["?张大山"], PHOTO: ["张大山"]}),
        ("实习记者 张大山 视频:李小河", {INTERN: ["张大山"], VIDEO: ["李小河"]}),
        ("撰稿:张大山 责编:", {REPORTER: ["?张大山"]}),
        ("采编:张大山", {REPORTER: ["张大山"], EDITOR: ["张大山"]}),
    ],
)  # fmt: skip
def test_credits(line, expected):
    assert read(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("(张大山 李小河)", {REPORTER: ["?张大山", "?李小河"]}),
        ("张大山、李小河)", {REPORTER: ["?张大山", "?李小河"]}),
        ("(张大山?李小河?王芳)", {REPORTER: ["?张大山", "?李小河", "?王芳"]}),
        ("(县义工联张大山)", {CORRESPONDENT: ["?张大山@县义工联"]}),
        ("(青溪县庄园街道前杨社区 张大山)", {CORRESPONDENT: ["?张大山@青溪县庄园街道前杨社区"]}),
        ("青溪县道托镇张大山", {CORRESPONDENT: ["?张大山@青溪县道托镇"]}),
        ("作者:郭镇乡张明 李小河", {CORRESPONDENT: ["?张明@郭镇乡", "?李小河@郭镇乡"]}),
        ("川观新闻·雅安观察 张大山", {REPORTER: ["?张大山"]}),
        ("庆阳台 张大山 李小河  平凉台", {REPORTER: ["?张大山", "?李小河"]}),
        ("(组图)", {}),
        ("（完）", {}),
        ("(安全)", {}),
        ("(山路通了)", {}),
    ],
)  # fmt: skip
def test_bare_names(line, expected):
    assert read(line) == expected


def test_names_without_brackets_or_anything_else_are_doubted():
    page = parse(["张大山"])

    assert [credit.name for credit in page.credits] == ["张大山"]
    assert page.confidence["credits"] == 0.4
    assert page.doubts


@pytest.mark.parametrize(
    "line",
    [
        "8月23日,记者来到青溪村,只见一片繁忙。",
        "记者张大山在现场采访时看到,村民忙着采摘。",
        "“记者同志,欢迎你们!”村民王大妈说。",
        "编辑部主任张大山告诉记者,来源可靠。",
        "据悉,该县通讯员队伍不断壮大。",
        "他从事摄影三十年,摄影作品多次获奖。",
        "记者从县教育局获悉,新学期开学了。",
        "返回首页 关于我们 联系我们",
        "相关新闻 更多>>",
    ],
)
def test_running_text_names_nobody(line):
    assert read(line) == {}


def test_of_a_long_text_only_its_head_its_labels_and_its_end_are_read():
    body = "村里通了路，记者 张明 看到了。" * 20

    assert read(f"(记者 张大山){body}责任编辑：王芳。{body}(通讯员 李小河)") == {
        REPORTER: ["张大山"],
        CORRESPONDENT: ["李小河"],
        EDITOR: ["王芳"],
    }


# One person in several places


def test_the_dateline_says_what_the_meta_line_does_not():
    assert read(
        "来源:青溪县融媒体中心 作者:张大山 李小河 编辑:王芳",
        "青溪县融媒体中心8月23日讯(记者 张大山 通讯员 李小河)",
    ) == {REPORTER: ["张大山"], CORRESPONDENT: ["李小河"], EDITOR: ["王芳"]}


def test_the_dateline_wins_over_another_role_and_says_so():
    strings = ("记者:张大山", "青溪县融媒体中心8月23日讯(通讯员 张大山)")

    assert read(*strings) == {CORRESPONDENT: ["张大山"]}
    assert any("two roles" in sentence for _, sentence in sentences(*strings))


def test_who_writes_and_takes_pictures_has_two_roles():
    assert read("记者 张大山", "记者 张大山 摄") == {REPORTER: ["张大山"], PHOTO: ["张大山"]}


def test_markup_is_no_name_though_the_directory_has_it():
    markup = "<script>alert"
    known = Known(names=frozenset({markup}), sources=frozenset({markup}))

    read = parse([f"来源:{markup} 作者:{markup}"], known=known)

    assert (read.source, read.credits) == ("", ())
    assert read.confidence == {"source": 0.2, "credits": 0.2}
    assert all(markup in doubt.sentence for doubt in read.doubts)


def test_a_page_that_says_everything_twice_credits_everyone_once():
    page = parse(["来源:红网 作者:张大山 编辑:王芳", "来源:红网", "作者:张大山", "编辑：王 芳"])

    assert [(credit.name, credit.role) for credit in page.credits] == [
        ("张大山", REPORTER),
        ("王芳", EDITOR),
    ]
    assert page.sources == ("红网",)


# Captions


@pytest.mark.parametrize(
    ("text", "caption", "expected"),
    [
        ("山路通了。记者 张大山 摄", "山路通了。", [("张大山", PHOTO)]),
        ("山路通了。（张大山 李小河 摄）", "山路通了。", [("张大山", PHOTO), ("李小河", PHOTO)]),
        ("山路通了 张大山 摄", "山路通了", [("张大山", PHOTO)]),
        ("山路通了。新青溪全媒体记者张大山摄", "山路通了。", [("张大山", PHOTO)]),
        ("通讯员 张大山 李小河 摄", "", [("张大山", CORRESPONDENT), ("李小河", CORRESPONDENT), ("张大山", PHOTO), ("李小河", PHOTO)]),
        ("山路通了。青溪县委宣传部供图", "山路通了。", [("青溪县委宣传部", PHOTO)]),
        ("新华社发(张大山 摄)", "", [("张大山", PHOTO)]),
        ("张大山 摄 (青溪图片库发)", "", [("张大山", PHOTO)]),
        ("图为记者在山路上。记者张大山/摄", "图为记者在山路上。", [("张大山", PHOTO)]),
    ],
)  # fmt: skip
def test_the_credit_of_a_caption_is_taken_off(text, caption, expected):
    found, credits = caption_credits(text)

    assert (found, [(credit.name, credit.role) for credit in credits]) == (caption, expected)


@pytest.mark.parametrize(
    "text", ["图为山路通车。", "", "张大山在山路上。", "村民在看摄影展。", "8933.jpg"]
)
def test_a_caption_without_a_credit_stays_as_it_is(text):
    assert caption_credits(text) == (text, ())


# Sources


@pytest.mark.parametrize(
    ("strings", "source", "sure"),
    [
        (["来源:青溪县融媒体中心 作者:张大山"], "青溪县融媒体中心", 1.0),
        (["稿件来源：青溪县应急管理局"], "青溪县应急管理局", 1.0),
        (["转载来源:中央人民政府 来源地址:https://news.example/1"], "中央人民政府", 1.0),
        (["【时间:2020-11-04 10:06】【来源:邵阳新闻在线张大山"], "邵阳新闻在线", 1.0),
        (["来源: 天目新闻 记者 张大山"], "天目新闻", 1.0),
        (["红网时刻新闻3月31日讯(通讯员 张大山)", "来源:红网"], "红网", 1.0),
        (["红网时刻新闻3月31日讯(通讯员 张大山)"], "红网时刻新闻", 0.9),
        (["来源:学习强国APP、中新网"], "学习强国APP", 0.7),
        (["云上青溪——青溪县融媒体中心 2020-11-07 09:19"], "青溪县融媒体中心", 0.7),
        (["周口日报·新周口客户端记者 张大山"], "周口日报·新周口客户端", 0.7),
        (["青溪报业集团全媒体报道组 记者张大山"], "青溪报业集团", 0.7),
        (["来源:网络收录"], "网络收录", 0.6),
        (["主办单位: 青溪县融媒体中心"], "青溪县融媒体中心", 0.6),
        (["本报讯(记者 张大山)"], "本报", 0.4),
    ],
)
def test_sources(strings, source, sure):
    page = parse(strings)

    assert (page.source, page.confidence["source"]) == (source, sure)


@pytest.mark.parametrize(
    "strings",
    [["来源: 编辑:王芳"], ["部分画面来源:青溪县融媒体中心"], ["特别鸣谢:青溪县委宣传部"], []],
)
def test_a_page_without_a_source_says_nothing_of_it(strings):
    page = parse(strings)

    assert page.source == "" and "source" not in page.confidence


def test_several_sources_are_all_given():
    page = parse(["来源:学习强国APP、中新网"])

    assert page.sources == ("学习强国APP", "中新网")
    assert [doubt.field for doubt in page.doubts] == ["source"]


def test_a_reporter_of_the_source_itself_has_no_unit():
    assert read("青溪县融媒体中心记者:张大山") == {REPORTER: ["张大山"]}
    assert read("来源:青溪日报", "福州晚报记者 张大山") == {REPORTER: ["张大山@福州晚报"]}


# Names


@pytest.mark.parametrize(
    ("line", "names", "sure"),
    [
        ("记者 张大山", ["张大山"], 1.0),
        ("记者 魏　静", ["魏静"], 0.95),
        ("记者 阿卜杜拉·买买提", ["阿卜杜拉·买买提"], 1.0),
        ("记者 欧阳小河", ["欧阳小河"], 1.0),
        ("记者 庹大山", ["庹大山"], 1.0),
        ("记者 贞贞", ["贞贞"], 0.8),
        ("记者 尼玛扎西", ["尼玛扎西"], 0.7),
        ("记者 姚小山 刘 小婷 田芳", ["姚小山", "刘小婷", "田芳"], 0.7),
        ("记者 李小欢张良", ["李小欢", "张良"], 0.45),
        ("记者 李欢张良", ["李欢张良"], 0.3),
    ],
)
def test_what_a_name_is_made_of_says_how_sure_it_is(line, names, sure):
    page = parse([line])

    assert [credit.name for credit in page.credits] == names
    assert page.confidence["credits"] == sure
    assert bool(page.doubts) == (sure < 0.6 or "刘 小婷" in line)


def test_known_names_settle_a_run():
    known = Known(names=frozenset({"李欢", "张良"}))

    page = parse(["记者 李欢张良"], known=known)

    assert [credit.name for credit in page.credits] == ["李欢", "张良"]
    assert page.confidence["credits"] == 1.0 and not page.doubts


def test_what_is_no_name_is_told_and_not_credited():
    page = parse(["作者:一二三四五六七八九十一二三四 编辑:王芳"])

    assert [credit.role for credit in page.credits] == [EDITOR]
    assert page.confidence["credits"] == 0.2
    assert page.doubts[0].field == "credits"


# Times


@pytest.mark.parametrize(
    ("line", "sure"),
    [
        ("来源:红网 2023-08-23 21:21:48", 1.0),
        ("发布: 2018-8-01 10:39 编辑: 王芳", 1.0),
        ("2013-06-18 00:00 来源:红网", 0.9),
        ("发表时间:02-13 09:33", 0.2),
        ("时间:03/04/2015", 0.2),
        ("时间:2023-02-30", 0.0),
    ],
)
def test_times_say_how_sure_they_are(line, sure):
    page = parse([line])

    assert page.confidence["published_at"] == sure
    assert bool(page.doubts) == (sure < 0.6)


def test_the_time_with_a_year_wins_over_the_day_of_the_dateline():
    page = parse(["红网8月23日讯(记者 张大山)", "2023-08-24 09:00"])

    assert page.moment is not None and page.moment.text == "2023-08-24 09:00"


# What is printed is read back

given_credits = st.lists(test_names.people, min_size=1, max_size=3, unique=True)
AUTHORS = {REPORTER: "记者", CORRESPONDENT: "通讯员", INTERN: "实习生"}
HANDLERS = {EDITOR: "编辑", PROOF: "校对", FIRST: "一审", SECOND: "二审", FINAL: "三审"}


@st.composite
def some_credits(draw, words):
    """{role: names}, nobody twice."""
    roles = draw(st.lists(st.sampled_from(sorted(words)), min_size=1, unique=True))
    everyone = draw(
        st.lists(test_names.people, min_size=len(roles), max_size=3 * len(roles), unique=True)
    )
    return {
        role: everyone[index :: len(roles)]
        for index, role in enumerate(sorted(roles, key=list(Role).index))
    }


@settings(deadline=None, max_examples=150)
@given(
    some_credits({**AUTHORS, **HANDLERS}),
    st.sampled_from([":", "：", "|", "丨", "/", " "]),
    st.sampled_from([" ", "、", "，", "　"]),
    st.sampled_from(["", " ", "   "]),
)
def test_a_printed_meta_line_is_read_back(credits, separator, between, padding):
    words = {**AUTHORS, **HANDLERS}
    line = " ".join(
        padding.join(words[role]) + separator + between.join(names)
        for role, names in credits.items()
    )

    assert read(line) == credits


@settings(deadline=None, max_examples=100)
@given(some_credits(HANDLERS))
def test_fields_without_anything_between_them_are_read_back(credits):
    line = "".join(f"{HANDLERS[role]}|{'、'.join(names)}" for role, names in credits.items())

    assert read(line) == credits


@settings(deadline=None, max_examples=100)
@given(
    some_credits(AUTHORS),
    st.booleans(),
    st.sampled_from(["青溪县融媒体中心8月23日讯", "本报讯", "红网长沙4月9日讯"]),
)
def test_a_printed_dateline_is_read_back(credits, glued, head):
    blank = "" if glued else " "
    inside = " ".join(f"{AUTHORS[role]}{blank}{' '.join(names)}" for role, names in credits.items())
    text = f"{head}（{inside}）"

    assert read(text) == credits
    found = dateline(text + "村里通了路。")
    assert found is not None and found.length == len(text)


@settings(deadline=None, max_examples=100)
@given(given_credits)
def test_padded_names_are_read_back(names):
    padded = " ".join("　".join(name) if len(name) == 2 else name for name in names)

    assert read(f"记者 {padded}") == {REPORTER: names}


@settings(deadline=None, max_examples=100)
@given(given_credits)
def test_a_run_of_known_names_is_read_back(names):
    page = parse([f"记者 {''.join(names)}"], known=Known(names=frozenset(names)))

    assert [credit.name for credit in page.credits] == names


@settings(deadline=None, max_examples=100)
@given(given_credits)
def test_a_photo_credit_is_read_back(names):
    assert caption_credits(f"山路通了。{' '.join(names)} 摄")[0] == "山路通了。"
    assert read(f"({' '.join(names)} 摄)") == {PHOTO: names}


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.text(
            alphabet="记者通讯员张大山李小河 :：|/()（）【】、,?编辑一二三审摄文图讯8月23日来源红网青溪县镇的a0—-·\n",
            max_size=60,
        ),
        max_size=4,
    )
)
def test_reading_never_fails(strings):
    page = parse(strings)

    assert all(0 <= sure <= 1 for sure in page.confidence.values())
    for string in strings:
        found = dateline(string)
        assert found is None or 0 < found.length <= len(string)
        assert string.startswith(caption_credits(string)[0])
