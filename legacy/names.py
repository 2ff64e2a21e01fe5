"""What names look like: of persons, of units, of outlets; and how a run of them comes apart.

Old pages pad names of two characters (刘　静), split names by that padding (刘 小婷), and run names
together (李小欢张良). A run is taken apart by known names, then by surnames; what these do not
decide is given with a low sureness and a note, for a person to look at.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from people.models import unpadded

# The surnames of some 99 in 100 people, then rarer ones, which decide less.
COMMON_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万"
    "钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚"
    "符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农"
    "司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙"
    "荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满"
    "闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬扈晁芮都普阙浦"
    "戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉"
    "冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由庹奎蹇么笪郏双缑禤璩糜"
    "赖洪习竺木扬钮凤巢招贝贡靖逄占寿沃逢钦苍竹水才税勒敏旦索仓郗昌蒯空曾仁关"
)  # fmt: skip
RARE_SURNAMES = frozenset(
    "公诺战慕危玉银哈利居干但元信展阴智幸富由双国平计索宣相初门云容都普修印隆呼束衣植闭奎么强"
    "凤招贝靖占寿沃逢钦苍竹水才税勒敏旦仓昌空仁木扬花海权位帅豆盖井祖丰支母乌阿那满满原南储和师全明官景"
)  # fmt: skip
DOUBLE_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 长孙 宇文 夏侯 端木 南宫 轩辕 闻人 澹台 公冶 "
    "宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 司空 拓跋 独孤 呼延 百里 东郭 西门 赫连 万俟 完颜 "
    "第五 纳兰".split()
)

# Provinces and cities: a place is no editor, and an outlet's name may be followed by one.
PLACES = frozenset(
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 "
    "四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 "
    "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 "
    "忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 沈阳 大连 鞍山 抚顺 "
    "本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 延边 哈尔滨 "
    "齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 南京 无锡 徐州 常州 苏州 南通 连云港 "
    "淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 "
    "淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 "
    "龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 "
    "济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 "
    "三门峡 南阳 商丘 信阳 周口 驻马店 济源 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 "
    "仙桃 潜江 天门 神农架 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 "
    "深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 "
    "桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 "
    "德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山 贵阳 六盘水 遵义 "
    "安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 "
    "德宏 怒江 迪庆 拉萨 日喀则 昌都 林芝 山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 "
    "嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 "
    "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 阿克苏 喀什 和田 伊犁 塔城 阿勒泰 石河子".split()
)  # fmt: skip

# Words that stand where a name could and begin like one.
NO_NAMES = frozenset(
    "安全 时政 时事 时间 金融 文化 文艺 文字 文图 高清 方法 全文 全国 经济 空白 完毕 原创 转载 图片 视频 记者 "
    "通讯员 相关 向上 向下 关于 关闭 应用 路线 都市 文章 文件 石头 万象 时评 来源 作者 编辑 平台 明天 国内 国际 "
    "计划 商务 党建 普法 房产 车市 连载 连线 管理 花絮 单位 资料 组图 全媒体 融媒体".split()
)

# Stand for a person without naming one.
NOBODY = frozenset(
    "佚名 未知 匿名 无名 不详 本站 本网 本报 本台 管理员 系统管理员 超级管理员 小编 编辑部 本站编辑 网站编辑 "
    "网友 原创 转载 网络 互联网 网络转载 系统 后台 管理 测试 站长 值班员".split()
)

_MEDIA = re.compile(
    r"(?:[日晚早晨时商青快]报|都市报|周报|报社|报业|周刊|杂志社?|新闻网|新闻社|通讯社|新闻|在线|网站?|客户端"
    r"|APP|app|融媒|融媒体|全媒体|(?:融媒体?|新闻|传媒|全媒体|广电|报业|新媒体)\w{0,4}中心|传媒|(?:传媒|报业|广电)\w{0,4}集团"
    r"|电视台|电台|广播电视台|(?<=..)台|频道|时刻|观察|发布|头条|公众号|联播|热线|报|社|图片库|之声|网\w{2,3}站)$"
)
_UNIT = re.compile(
    r"(?:省|市|县|区|镇|乡|村|街道|社区|办事处|局|厅|委|委员会|办|办公室|部|处|科|站|所|队|院|校|园|中心|公司|集团|学校"
    r"|小学|中学|大学|学院|医院|协会|学会|联合会|研究会|商会|联|会|工会|政府|政协|人大|检察院|法院|银行|支行|馆|厂|场|组"
    r"|室|团|团队|编辑部|基地|联盟|支部|委宣|宣|义工|志愿者|人社|分社|记者站|供电|农商行|信用社|学员|班)$"
)
# Endings that given names do not have, so that they tell a unit of few characters from a person.
_PLAINLY_UNIT = re.compile(
    r"(?:[区局委办县市厅所站网报部厂]|在线|新闻|中心|社区|街道|公司|学校|[^\s]{2}[镇乡])$"
)
_HAN = re.compile(r"[\u3400-\u9fff〇\U00020000-\U0003ffff]+")
_WITH_DOT = re.compile(r"[\u3400-\u9fff]+(?:[·•．][\u3400-\u9fff]+)+")
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?:[ .·-]+[A-Z][a-z]*\.?)+")
_LOGIN = re.compile(r"[\w.@-]*[A-Za-z][\w.@-]*|[\d_.@-]+", re.ASCII)
# Signs of markup and of programs; a bracket may hold Han characters: 某某网(客户端).
_NO_NAME = re.compile(r"[<>=]|\((?![\u3400-\u9fff]+\))|(?<![\u3400-\u9fff])\)")
_BETWEEN = re.compile(r"[、,;&?。.•]|\s/\s|/")
_NAME_AND_UNIT = re.compile(r"([\u3400-\u9fff]{2,4})[-—–]+([\u3400-\u9fff]{2,})")

# Genuine Traditional pages are not converted; this is for telling surnames, units and labels there.
TRADITIONAL = (
    "張劉陳楊黃趙吳孫馬羅鄭許韓馮鄧蕭葉蘇呂盧鍾鐘譚陸範賈韋鄒閻龍賀顧龔萬錢嚴湯莊聶魯歐關蘭寧紀單駱藍靳農繆簡車項連蘆麥婁"
    "竇黨費衛應臧閔鄔邊師倉郟喬龐顏齊畢練鄺談樂記員來編輯責審攝訊實習見視頻圖報體轉載佈發終級總執採訪寫電檢閱監製導約時間"
    "鍵詞聞網縣鎮鄉廳處辦學醫隊會協聯團廠場臺區號雜誌戶觀眾為與"
)
SIMPLIFIED = (
    "张刘陈杨黄赵吴孙马罗郑许韩冯邓萧叶苏吕卢钟钟谭陆范贾韦邹阎龙贺顾龚万钱严汤庄聂鲁欧关兰宁纪单骆蓝靳农缪简车项连芦麦娄"
    "窦党费卫应臧闵邬边师仓郏乔庞颜齐毕练邝谈乐记员来编辑责审摄讯实习见视频图报体转载布发终级总执采访写电检阅监制导约时间"
    "键词闻网县镇乡厅处办学医队会协联团厂场台区号杂志户观众为与"
)
TO_SIMPLIFIED = str.maketrans(TRADITIONAL, SIMPLIFIED)
_IS_TRADITIONAL = re.compile(f"[{TRADITIONAL}]")
_SURNAMES = COMMON_SURNAMES | RARE_SURNAMES
_SURNAMES |= {old for old, new in zip(TRADITIONAL, SIMPLIFIED, strict=True) if new in _SURNAMES}


@dataclass(frozen=True, slots=True)
class Known:
    """What the newsroom's own directory knows: names of contributors, of units, of sources, and
    login names."""

    names: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Named:
    """One person or unit that a text names.

    `sure` is from 0 to 1. `note` tells what is doubtful: "run_on" (taken apart without a space),
    "ambiguous" (could be taken apart in another way), "padding" (put together across a space),
    "not_understood" (no name that could be told). `text` is what the page has for it.
    """

    name: str
    unit: str = ""
    is_unit: bool = False
    sure: float = 1.0
    note: str = ""
    text: str = ""


def named(text: str, known: Known) -> list[Named]:
    """Everyone whom `text` names; it stands where nothing but names is expected.

    Separators may be blanks, 、 , ; ? or none.
    """
    found: list[Named] = []
    for part in _BETWEEN.split(text):
        words = part.split()
        if words:
            found += _of_words(words, known)
    return found


def strictly_named(text: str, known: Known) -> list[Named] | None:
    """As `named`, for text that may be something else: None unless all of it is persons with a
    known name or a surname, and units."""
    words = [word for part in _BETWEEN.split(text) for word in part.split()]
    if not words or any(word in NO_NAMES or _is_prose(word, known) for word in words):
        return None
    found = named(text, known)
    for one in found:
        if one.is_unit or (one.name in known.names):
            continue
        if one.note not in {"", "padding"} or not is_person(one.name, known):
            return None
    return found


def _is_prose(word: str, known: Known) -> bool:
    return (
        len(word) > 4
        and not is_person(word, known)
        and not is_unit(word, known)
        and _no_plain_name(word, known, alone=False) is None
    )


def may_be_name(text: str) -> bool:
    """Whether the text can be a name of anybody or anything, known or not."""
    return _NO_NAME.search(text) is None


def is_person(word: str, known: Known) -> bool:
    """Whether the word has the shape of a person's name: known, or a surname and one or two
    characters more."""
    if word in known.names:
        return True
    if _WITH_DOT.fullmatch(word):
        return not is_outlet(word, known)
    length = _surname(word)
    return bool(length) and 1 <= len(word) - length <= 2 and word not in NO_NAMES


def is_outlet(word: str, known: Known) -> bool:
    """Whether the word is the name of a newspaper, site, station or center."""
    if word in known.sources:
        return True
    return _outlet_by_its_end(word)


def is_unit(word: str, known: Known) -> bool:
    """Whether the word is the name of a unit or outlet rather than of a person."""
    if word in known.names:
        return False
    if word in known.units or word in known.sources:
        return True
    return _unit_by_its_end(word)


def folded(text: str) -> str:
    """The text with Simplified labels, endings and surnames; the rest of it as it is."""
    return text.translate(TO_SIMPLIFIED) if _IS_TRADITIONAL.search(text) else text


# The same few hundred names and outlets return on page after page.
@lru_cache(maxsize=4096)
def _outlet_by_its_end(word: str) -> bool:
    return len(word) > 1 and _MEDIA.search(folded(word)) is not None


@lru_cache(maxsize=4096)
def _unit_by_its_end(word: str) -> bool:
    simplified = folded(word)
    if len(word) < 2 or not (_UNIT.search(simplified) or _MEDIA.search(simplified)):
        return False
    return (
        len(word) > 3
        or not _surname(word)
        or simplified[:-1] in PLACES
        or _PLAINLY_UNIT.search(simplified) is not None
    )


def _plainly_unit(word: str) -> bool:
    return _PLAINLY_UNIT.search(folded(word)) is not None


def is_nobody(word: str) -> bool:
    """Whether the word stands for a person without naming one: 佚名, 小编."""
    return word in NOBODY or word.endswith(("小编", "编辑部", "管理员"))


def is_login(word: str, known: Known) -> bool:
    """Whether the word is a login name (bluesky, admin2) or known as one."""
    return word in known.accounts or _LOGIN.fullmatch(word) is not None


def unit_and_person(word: str, known: Known) -> tuple[str, str] | None:
    """(unit, person) where a word has one glued before the other: 龙潭镇王大军."""
    for length in (3, 2, 4):
        unit, person = word[:-length], word[-length:]
        if len(unit) < 2 or not is_person(person, known):
            continue
        if unit in known.units or unit in known.sources or unit in PLACES:
            return unit, person
        if is_unit(unit, known) and (len(unit) > 3 or not _surname(unit) or _plainly_unit(unit)):
            return unit, person
    return None


def _of_words(words: list[str], known: Known) -> Iterator[Named]:
    """Words of one list, blanks between them: units first, then runs of plain names."""
    if all(is_person(word, known) and not is_unit(word, known) for word in words):
        yield from (Named(word, text=word) for word in words)
        return
    unit = ""
    run: list[str] = []
    whole = " ".join(words)
    if _LATIN_NAME.fullmatch(whole):
        yield Named(whole, sure=0.8, text=whole)
        return
    if len(words) == 2 and is_unit(words[1], known) and is_person(words[0], known):
        # 甲 青溪镇: the unit of one person may stand behind.
        yield Named(words[0], unit=words[1], sure=0.9, text=whole)
        return
    for index, word in enumerate(words):
        other = _no_plain_name(word, known, alone=len(words) == 1)
        if other is None:
            run.append(word)
            continue
        yield from _of_run(run, unit, known)
        run = []
        # A unit stands before its people; one that nobody follows is credited itself.
        if other.is_unit and any(_plain(later, known) for later in words[index + 1 :]):
            unit = other.name
            continue
        yield other
        if other.text == other.unit + other.name:
            # 郭镇乡甲 乙: the unit speaks of those who follow, too.
            unit = other.unit
    yield from _of_run(run, unit, known)


def _plain(word: str, known: Known) -> bool:
    return _no_plain_name(word, known, alone=False) is None


def _no_plain_name(word: str, known: Known, *, alone: bool) -> Named | None:
    """The word as what it is, where it is not simply Han characters of one or more names."""
    if word in known.names:
        return None
    if is_login(word, known) or is_nobody(word):
        return Named(word, sure=0.6, text=word)
    dashed = _NAME_AND_UNIT.fullmatch(word)
    if dashed and is_person(dashed[1], known):
        return Named(dashed[1], unit=dashed[2], sure=0.9, text=word)
    if is_unit(word, known):
        return Named(word, is_unit=True, sure=0.9, text=word)
    if _WITH_DOT.fullmatch(word):
        return Named(word, text=word)
    if len(word) > 3 and (glued := unit_and_person(word, known)):
        return Named(glued[1], unit=glued[0], sure=0.7, text=word)
    if _HAN.fullmatch(word) and len(word) <= 12 and not (alone and len(word) == 1):
        return None
    return Named(word, sure=0.2, note="not_understood", text=word)


def _of_run(words: Sequence[str], unit: str, known: Known) -> Iterator[Named]:
    """Plain words between blanks, each one or more names or a part of one."""
    start = 0
    for index, word in enumerate(words):
        # Between two words that stand for themselves nothing can be in doubt.
        if len(word) > 1 and is_person(word, known) and not _touches_single(words, index):
            yield from _taken_apart(words[start:index], unit, known)
            yield Named(word, unit=unit, text=word)
            start = index + 1
    yield from _taken_apart(words[start:], unit, known)


def _touches_single(words: Sequence[str], index: int) -> bool:
    return any(len(word) == 1 for word in words[max(index - 1, 0) : index + 2])


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of taking a run apart: what it costs, and (start, end) of each name."""

    cost: float
    spans: tuple[tuple[int, int], ...]


# Two ways that differ by less are as good as each other.
_MARGIN = 0.75
_IMPOSSIBLE = 100.0


def _taken_apart(words: Sequence[str], unit: str, known: Known) -> Iterator[Named]:
    """The names of a run, by the way that costs least."""
    if not words:
        return
    letters = "".join(words)
    gaps = {0, len(letters)}
    place = 0
    for word in words:
        place += len(word)
        gaps.add(place)
    # best[i]: the two best ways of taking apart the first i characters.
    best: list[list[_Way]] = [[_Way(0, ())]]
    for end in range(1, len(letters) + 1):
        ways = [
            _Way(way.cost + _cost(letters, start, end, gaps, known), (*way.spans, (start, end)))
            for start in range(max(end - 5, 0), end)
            for way in best[start]
        ]
        best.append(sorted(ways, key=lambda way: way.cost)[:2])
    first, *others = best[-1]
    ambiguous = bool(others) and others[0].cost - first.cost < _MARGIN
    whole = " ".join(words)
    if len(letters) > 4 and first.cost > 3.5 * len(first.spans):
        yield Named(letters, unit=unit, sure=0.2, note="not_understood", text=whole)
        return
    for start, end in first.spans:
        name = letters[start:end]
        sure, note = _sureness(letters, start, end, gaps, known)
        if note == "run_on" and _rest_is_known(letters, (start, end), first.spans, known):
            sure, note = 0.8, ""
        if ambiguous and not any(start == a and end == b for a, b in others[0].spans):
            sure, note = 0.3, "ambiguous"
        yield Named(name, unit=unit, sure=sure, note=note, text=whole)


def _rest_is_known(
    letters: str, span: tuple[int, int], spans: Sequence[tuple[int, int]], known: Known
) -> bool:
    return all(letters[a:b] in known.names for a, b in spans if (a, b) != span)


def _cost(letters: str, start: int, end: int, gaps: set[int], known: Known) -> float:
    """What it costs to read letters[start:end] as one name."""
    name = letters[start:end]
    cost = _strangeness(name, known)
    inner = [gap for gap in gaps if start < gap < end]
    if inner and name not in known.names:
        cost += _PADDING.get(_shape(start, end, inner), 8)
    if start not in gaps:
        cost += 0.5 if name in known.names else 2
    return cost


# What blanks inside a name cost, by the lengths of its parts.
_PADDING = {(1, 1): 0.5, (1, 2): 1.0, (1, 1, 1): 2.0, (2, 1): 3.0}


def _shape(start: int, end: int, inner: list[int]) -> tuple[int, ...]:
    edges = [start, *sorted(inner), end]
    return tuple(right - left for left, right in itertools.pairwise(edges))


def _strangeness(name: str, known: Known) -> float:
    if name in known.names:
        return 0
    surname = _surname(name)
    given = len(name) - surname
    if len(name) < 2 or len(name) > 4:
        return _IMPOSSIBLE
    if surname and 1 <= given <= 2:
        return 1.6 if surname == 1 and name[0] in RARE_SURNAMES else 1
    return 4 if len(name) == 4 else 3


def _sureness(
    letters: str, start: int, end: int, gaps: set[int], known: Known
) -> tuple[float, str]:
    """(sureness, note) of one name of a run."""
    name = letters[start:end]
    if name in known.names:
        return 1.0, ""
    if _strangeness(name, known) >= _IMPOSSIBLE:
        return 0.2, "not_understood"
    if start not in gaps or end not in gaps:
        return 0.45, "run_on"
    inner = [gap for gap in gaps if start < gap < end]
    shape = _shape(start, end, inner) if inner else ()
    if shape == (1, 1):
        return (0.95 if _surname(name) else 0.7), ""
    if shape:
        one_name = shape == (1, 1, 1) or (shape == (1, 2) and not _surname(name[1:]))
        return (0.7 if one_name else 0.45), "padding"
    if not _surname(name):
        return 0.7 if len(name) == 4 else 0.8, ""
    return 0.7 if len(name) == 4 and _surname(name) == 1 else 1.0, ""


def _surname(name: str) -> int:
    """The length of the surname that a name begins with; 0 for none."""
    if len(name) > 2 and folded(name[:2]) in DOUBLE_SURNAMES:
        return 2
    return 1 if name[:1] in _SURNAMES else 0


def stored(name: str) -> str:
    """A name as it is stored: padding and surrounding marks gone."""
    if not name or name.isalpha():
        return name
    return unpadded(name.strip(" \u3000\t,，、;；:：。.|｜丨/／()（）[]【】"))
