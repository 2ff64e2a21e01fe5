"""Garbled texts come out as they were, clean ones as they are, and what is gone is marked."""

import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legacy.repair import (
    Mark,
    Repaired,
    Spin,
    is_spun,
    mend,
    repair,
    spin_of,
    suspicious_lines,
    unpaired,
)
from tests.legacy.garbler import Garbler, traditional

PIECES = """
县委书记 召开会议 农村公路养护 现场会 生态环境 保护工作 部署 各乡镇 群众 干部 产业发展 稻谷收成 重点项目
建设资金 记者了解到 介绍 表示 强调 推进落实 责任 安全生产检查 学校 医院 卫生 文化旅游 电影 图书馆 志愿者
服务活动 技术培训 合作社 脱贫攻坚 水库 巡查 森林防火 法院 公安局 交通隐患整治 党员学习 互联网 政务大厅 复工
就业岗位 招聘公告 残疾人联合会 接着 意味着 闲着 著名 编著 显著 决策 岩石 台账 净化 准备 冲刺 后勤 里程 干净
关于 剩余 范围 制度 系统 愿望 并且 什么 头发 理发 龚小满 钟离云 乾隆年间 1,200人 47.4% 2023年 21:21:48
PM2.5 5G B超 A座 （二） （来源：青石县） （记者 林小禾 通讯员 何雨桐） 《稻谷》 《关于印发〈办法〉的通知》
“丰收节” 怎么样？ http://www.example.cn/a.html?id=3&b=1,2 photo_8933.jpg ABC
""".split("\n")
WORDS = [word for line in PIECES for word in re.split(r" (?![^（]*）)", line) if word]

# Enough that every page is glossed often: what matters begins after it.
HEAD = "区县乡镇环保总队、农业农村局、体育发展联谊会、书画协会、图书馆、电视台、学习讲坛办公室负责人参会。"

# A comma between two digits could be of the number, so that sentences end with Chinese.
sentences = st.builds(
    lambda words, last, end: "".join([*words, last, end]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    st.sampled_from([word for word in WORDS if not re.search(r"\w$", word, re.ASCII)]),
    st.sampled_from("，。、；！"),
)
paragraphs = st.lists(sentences, min_size=1, max_size=4).map("".join)
pages = st.lists(paragraphs, min_size=1, max_size=3).map(lambda lines: "\n".join([HEAD, *lines]))
garblers = st.builds(
    Garbler,
    chance=st.integers(0, 10**9).map(random.Random),
    glossed=st.sampled_from([0.5, 0.8, 1]),
    commas=st.sampled_from([0, 0.7, 1]),
    is_narrow=st.booleans(),
    is_spaced=st.booleans(),
)
proof = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def applied(text: str, repaired: Repaired) -> str:
    """The changes of the log made on the original, one by one."""
    result, done = [], 0
    for change in repaired.changes:
        assert text[change.start : change.end] == change.before
        result += [text[done : change.start], change.after]
        done = change.end
    return "".join(result) + text[done:]


def marked(repaired: Repaired) -> dict[str, str]:
    """Marked parts of a result with their reasons."""
    return {repaired.text[mark.start : mark.end]: mark.reason for mark in repaired.marks}


# What goes in comes out


@proof
@given(pages, garblers)
def test_a_garbled_page_comes_out_as_it_was(page: str, garbler: Garbler) -> None:
    assert repair(garbler.by_characters(page).text).text == page


@proof
@given(pages, garblers)
def test_a_page_garbled_without_tones_comes_out_as_it_was(page: str, garbler: Garbler) -> None:
    garbled = garbler.without_tones(page).text
    assert spin_of(garbled) is Spin.TONELESS
    assert repair(garbled).text == page


@proof
@given(pages, garblers)
def test_cut_characters_are_put_together_or_marked_as_gone(page: str, garbler: Garbler) -> None:
    garbled = garbler.by_bytes(page)
    repaired = repair(garbled.text)
    if not garbled.lost:
        known = re.escape(repaired.text).replace("〓", ".")
        assert re.fullmatch(known, page), "nothing but what is marked differs"
    assert ("〓" in repaired.text) <= (
        "lost_bytes" in marked(repaired).values() or bool(garbled.lost)
    )


@proof
@given(pages, garblers)
def test_what_lost_bytes_is_marked_and_no_digit_is_made_up(page: str, garbler: Garbler) -> None:
    garbled = garbler.by_bytes(page)
    repaired = repair(garbled.text)
    if garbled.lost or repaired.text != page:
        assert repaired.marks
    digits = iter(re.findall(r"\d", page))
    assert all(digit in digits for digit in re.findall(r"\d", repaired.text))


@proof
@given(pages)
def test_a_clean_page_is_left_alone(page: str) -> None:
    assert repair(page) == Repaired(page)


@proof
@given(pages)
def test_genuine_traditional_writing_is_left_alone(page: str) -> None:
    page = traditional(page)
    assert repair(page) == Repaired(page)


@proof
@given(pages, garblers)
def test_repairing_twice_changes_nothing_more(page: str, garbler: Garbler) -> None:
    once = repair(garbler.by_bytes(page).text).text
    assert repair(once) == Repaired(once)


@proof
@given(pages, garblers)
def test_the_log_leads_from_the_original_to_the_result(page: str, garbler: Garbler) -> None:
    garbled = garbler.by_bytes(page).text
    repaired = repair(garbled)
    assert applied(garbled, repaired) == repaired.text
    assert all(change.before != change.after and change.rule for change in repaired.changes)
    assert all(0 <= mark.start < mark.end <= len(repaired.text) for mark in repaired.marks)


@proof
@given(
    st.text(st.sampled_from("?�€〓((（)）,，。：!<>《》“” \n1Aqūyōu區優變為口市ヂ俛ǘ\ue000"))
    | st.text()
)
def test_any_text_can_be_mended_and_its_log_holds(text: str) -> None:
    for spin in Spin:
        repaired = mend(text, spin=spin)
        assert applied(text, repaired) == repaired.text
        assert len(unpaired(text)) <= len(text) >= len(suspicious_lines(text))


# The gate


@pytest.mark.parametrize(
    "text",
    [
        "（记者 林小禾 通讯员 何雨桐）",
        "(记者 林小禾 通讯员 何雨桐)耒(lěi)阳的尕(gǎ)秀村,莨菪(làng dàng)有毒",
        "B超(chao)、维生素(vc)、人工智能(ai)",
        "增长47.4%,共1,200人,时间21:21:48,见http://www.example.cn/a?b=1,,2",
        "會(huì)議、環(huán)境、區(qū)域、實(shí)施",  # four glosses are not five
        "於先生說：甚麼是昇平？鍾先生答：“不知道,。”",
        "他问：“谁?yes)”",
        "?",
        "",
    ],
)
def test_below_the_gate_a_text_is_left_as_it_is(text: str) -> None:
    assert not is_spun(text)
    assert repair(text) == Repaired(text)


def test_five_glosses_make_a_text_spun() -> None:
    assert spin_of("會(huì)議、環(huán)境、區(qū)域、實(shí)施、說(shuō)明") is Spin.TONED


def test_one_cut_gloss_makes_a_text_spun() -> None:
    assert spin_of("經新聞?dòng)浾咦C實") is Spin.TONED


def test_ten_glosses_without_tones_make_a_text_spun() -> None:
    text = "記(ji)者(zhe)進(jin)村(cun)入(ru)戶(hu)走(zou)訪(fang)群(qun)"
    assert spin_of(text) is None
    assert spin_of(text + "眾(zhong)") is Spin.TONELESS


def test_glosses_on_simplified_characters_alone_are_a_textbook() -> None:
    assert spin_of("我(wo)你(ni)他(ta)来(lai)去(qu)上(shang)下(xia)大(da)小(xiao)人(ren)") is None


# Rule by rule


@pytest.mark.parametrize(
    ("garbled", "clean"),
    [
        ("區(qū)委會議(yì)", "区委会议"),
        ("項(xiàng)目時(shí)長(zhǎng)", "项目时长"),
        ("會(huì )議", "会议"),
        ("會（huì）議", "会议"),
        ("國(ɡuó)家", "国家"),
        ("意味著(zhe)", "意味着"),
        ("耒(lěi)陽", "耒（lěi）阳"),
        ("B超(chao)與維生素(vc)", "B超（chao）与维生素（vc）"),
        ("人工智能(ai)", "人工智能（ai）"),
    ],
)
def test_a_gloss_goes_only_from_its_own_character(garbled: str, clean: str) -> None:
    assert mend(garbled).text == clean


def test_without_tones_any_character_loses_its_gloss() -> None:
    garbled = "記(ji)者進(jin)(jin)村(cun)(cun)，讀綠(lv)皮書"
    assert mend(garbled, spin=Spin.TONELESS).text == "记者进村，读绿皮书"


@pytest.mark.parametrize(
    ("garbled", "clean"),
    [
        ("經新聞?dòng)浾咦C實", "经新闻记者证实"),
        ("經新聞?dòng)浾咦C(zhèng)實", "经新闻记者证实"),
        ("方向?qū)W習", "方向学习"),
        ("不涉?zhèn)€人信息", "不涉个人信息"),
        ("我們?cè)缭缇驮诖髲d", "我们早早就在大厅"),
        ("國?yāng)赵簺Q(jué)策", "国务院决策"),
        ("既A(huá)座", "既A座"),
    ],
)
def test_characters_cut_by_a_gloss_are_put_together(garbled: str, clean: str) -> None:
    assert mend(garbled).text == clean


@pytest.mark.parametrize(
    ("garbled", "clean"),
    [
        ("落實總責?；ヂ?lián)網企業", "落实总责。互联网企业"),
        ("落實總責?;ヂ?lián)網企業", "落实总责。互联网企业"),
        ("落實總責?,；ヂ?lián)網企業", "落实总责。互联网企业"),
        ("已經辦好?,F將結果公布", "已经办好。现将结果公布"),
        ("可以開采?！睋?jù)了解", "可以开采。”据了解"),
        ("收入8300萬元??傮w看", "收入8300万元。总体看"),
        ("?。ǘ┡c會", "（二）与会"),
    ],
)
def test_a_text_split_at_a_false_mark_is_joined_and_marked(garbled: str, clean: str) -> None:
    repaired = mend(garbled)
    assert repaired.text == clean
    assert "false_split" in marked(repaired).values()


@pytest.mark.parametrize(
    ("garbled", "left", "reason"),
    [
        ("體現新?lián)?、展現", "体现新〓、展现", "lost_bytes"),
        ("在?？谑行聟^(qū)", "在〓口市新区", "lost_bytes"),
        ("全縣總?cè)丝?0.12萬人", "全县总人〓〓0.12万人", "lost_digit"),
        ("全縣總?cè)丝?萬人", "全县总人〓〓万人", "lost_digit"),
    ],
)
def test_what_is_gone_for_good_is_marked_and_not_guessed(
    garbled: str, left: str, reason: str
) -> None:
    repaired = mend(garbled)
    assert repaired.text == left
    assert reason in marked(repaired).values()


@pytest.mark.parametrize(
    ("garbled", "clean"),
    [
        ("會議結束,,記者", "会议结束，记者"),
        ("中央,、省,。再次,？", "中央、省。再次？"),
        ("會議,，，結束", "会议，结束"),
        ("共1,200人", "共1,200人"),
        ("共1,,200人", "共1，200人"),
    ],
)
def test_commas_before_marks_go(garbled: str, clean: str) -> None:
    assert mend(garbled).text == clean


@pytest.mark.parametrize(
    ("garbled", "clean"),
    [
        ("接著說,意味著閑著,看著走著", "接着说，意味着闲着，看着走着"),
        ("著火,著急,著手,草原著火", "着火，着急，着手，草原着火"),
        ("著名作家著有名著,成效顯著", "著名作家著有名著，成效显著"),
        ("臭名昭著,編著重點,原著,土著", "臭名昭著，编著重点，原著，土著"),
        ("議論著,凸顯著,忙著作業", "议论着，凸显着，忙着作业"),
        ("配合著做,與人合著", "配合着做，与人合著"),
    ],
)
def test_zhe_and_zhu_are_told_apart_by_their_neighbours(garbled: str, clean: str) -> None:
    assert mend(garbled).text == clean


def test_what_the_table_of_mirrors_turns_is_turned_back() -> None:
    assert mend("臺賬、巖石、凈土、準備、沖刺").text == "台账、岩石、净土、准备、冲刺"


@pytest.mark.parametrize("text", ["乾隆", "慰藉", "瞭望", "宮商角徵羽", "麴院", "拚命"])
def test_words_that_simplified_writing_shares_stay(text: str) -> None:
    assert mend(text).text == text.replace("宮", "宫")


def test_names_to_keep_are_written_as_they_are_known() -> None:
    garbled = "於曉鍾與張鍾、張鐘到會"
    assert mend(garbled).text == "于晓钟与张钟、张钟到会"
    assert mend(garbled, keep=["於晓鍾", "张鍾"]).text == "於晓鍾与张鍾、张钟到会"


def test_a_form_that_mirrors_never_write_is_marked() -> None:
    assert marked(mend("於先生於是到會")) == {"于": "variant"}
    assert marked(mend("王昇說要提升")) == {"升": "variant"}
    assert marked(mend("國學與學生")) == {}


@pytest.mark.parametrize(
    ("garbled", "clean"),
    [
        ("來源:縣台(記者 林小禾)", "来源：县台（记者 林小禾）"),
        ("時間:21:21:48,增長47.4%,達1,200人", "时间：21:21:48，增长47.4%，达1,200人"),
        ("見http://www.example.cn/a.html?b=1,2,全文", "见http://www.example.cn/a.html?b=1,2，全文"),
        ("增長47.4%,1,200人", "增长47.4%，1,200人"),
        ("發至news@example.cn,謝謝!", "发至news@example.cn，谢谢！"),
        ("《關於印發<辦法>的通知》中1<2", "《关于印发〈办法〉的通知》中1<2"),
        ("Hello, world (v2.0)", "Hello, world (v2.0)"),
        ("他說:“好嗎?”", "他说：“好吗？”"),
    ],
)
def test_marks_beside_chinese_are_of_full_width(garbled: str, clean: str) -> None:
    assert mend(garbled).text == clean


@pytest.mark.parametrize(
    ("garbled", "clean"),
    [
        ("會議召開\n???記者了解到", "会议召开\n记者了解到"),
        ("??記者了解到", "记者了解到"),
        ("??http://www.example.cn", "http://www.example.cn"),
        ("(記者?林小禾?通訊員?何雨桐)", "（记者 林小禾 通讯员 何雨桐）"),
        ("作者:何雨桐?林小禾?何曉", "作者：何雨桐 林小禾 何晓"),
        ("(誰知道呢?大家問)", "（谁知道呢？大家问）"),
        ("記者問:你從哪里來?他說", "记者问：你从哪里来？他说"),
        ("10:20 ?來源:縣台", "10:20 来源：县台"),
        ("會議\n? ? ?召開", "会议\n召开"),
    ],
)
def test_question_marks_that_were_spaces_become_spaces(garbled: str, clean: str) -> None:
    assert mend(garbled).text == clean


def test_a_question_mark_where_nothing_is_asked_is_marked() -> None:
    assert marked(mend("會議強調?全縣行動")) == {"？": "question_mark"}


def test_quotes_without_their_other_half_are_marked() -> None:
    assert unpaired("“好”。《稻谷》") == ()
    assert unpaired("他说：“好。\n又说”《稻谷") == (
        Mark(3, 4, "orphan_quote"),
        Mark(9, 10, "orphan_quote"),
        Mark(10, 11, "orphan_quote"),
    )


def test_a_quotation_may_open_every_paragraph_and_close_the_last() -> None:
    assert unpaired("他说：“好。\n\n“很好。”") == ()


def test_lines_that_a_spinner_put_in_are_pointed_out_and_kept() -> None:
    text = "国产视频在线观看\n區(qū)會(huì)議(yì)環(huán)保學(xué)習\n4Np青石新聞網"
    assert suspicious_lines(text) == (Mark(41, 44, "spam_token"), Mark(0, 8, "spam_line"))
    repaired = repair(text)
    assert repaired.text == "国产视频在线观看\n区会议环保学习\n4Np青石新闻网"
    assert marked(repaired) == {"国产视频在线观看": "spam_line", "4Np": "spam_token"}


def test_a_simplified_text_has_no_suspicious_lines() -> None:
    assert suspicious_lines("县委会议召开\n4Np青石新闻网") == ()


def test_a_log_names_the_rule_of_every_change() -> None:
    changes = mend("區(qū)委,,2023年<").changes
    assert [(one.before, one.after, one.rule) for one in changes] == [
        ("區", "区", "script"),
        ("(qū)", "", "gloss"),
        (",", "", "comma"),
        (",", "，", "width"),
    ]


def test_a_saved_page_comes_out_clean() -> None:
    page = """\
青石縣白馬區(qū)生態(tài)環(huán)境保護(hù)委員會2024年第二次會議召開

來源:青石縣融媒體中心 作者:林小禾 何雨桐 編輯:龔小滿 2024-03-05 09:08:07

8933.jpg

青石縣融媒體中心3月5日訊(記者 林小禾 通訊員 何雨桐)3月5日上午,,會議召開,。

會議傳達(dá)學(xué)習(xí)了《關(guān)于印發(fā)<整改工作辦法>的通知》,,聽取了匯報,、意見,讓“生態(tài)名片”更加精美,達(dá)47.4%,。

本文鏈接:http://www.example.cn/content/646742/67/12981878.html"""
    repaired = repair(page)
    assert repaired.marks == ()
    assert (
        repaired.text
        == """\
青石县白马区生态环境保护委员会2024年第二次会议召开

来源：青石县融媒体中心 作者：林小禾 何雨桐 编辑：龚小满 2024-03-05 09:08:07

8933.jpg

青石县融媒体中心3月5日讯（记者 林小禾 通讯员 何雨桐）3月5日上午，会议召开。

会议传达学习了《关于印发〈整改工作办法〉的通知》，听取了汇报、意见，让“生态名片”更加精美，达47.4%。

本文链接：http://www.example.cn/content/646742/67/12981878.html"""
    )
