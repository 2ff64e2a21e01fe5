"""Tell what stands around an article on the trade's pages from the article itself, line by line.

The words of the furniture are much the same whatever engine made the page, and are there when a
page was saved as plain text, too. A line counts as furniture only when all of it is; a sentence
never is.
"""

import enum
import re

LONGEST = 400  # characters; a longer line is of the article


class Kind(enum.Enum):
    """What a line is."""

    WORDS = enum.auto()  # of the article, or not known
    CREDITS = enum.auto()  # source, by-lines or time with their labels
    HANDLERS = enum.auto()  # the same, but only of those who handled the piece
    TIME = enum.auto()  # begins or ends with a point in time: above an article, furniture
    ORIGINAL_HEADLINE = enum.auto()
    ORIGINAL_ADDRESS = enum.auto()
    PERMALINK = enum.auto()
    TRAIL = enum.auto()  # where in the site the page stands
    TAGS = enum.auto()
    KICKER = enum.auto()
    SUBTITLE = enum.auto()
    PICTURE = enum.auto()  # the bare name of a file
    OWNER = enum.auto()  # who runs the site
    SHARE = enum.auto()  # the bar between what stands above an article and its text
    NOISE = enum.auto()
    END = enum.auto()  # nothing of the article comes after it


def kind(line: str) -> Kind:
    """What one line of a page is; blanks at its ends do not count."""
    line = _plain(line)
    if len(line) > LONGEST:
        return Kind.WORDS
    for found, pattern in _KINDS:
        if pattern.fullmatch(line):
            return found
    return Kind.WORDS


def value(line: str) -> str:
    """What follows the label of a line."""
    return re.split(r"[:：丨|]", line, maxsplit=1)[-1].strip(" 　】])）")


def address(line: str) -> str:
    """The first address in a line; empty where there is none."""
    match = re.search(r"https?://[^\s<>\"'，。）)】\]]+", line)
    return match[0] if match else ""


def trail(line: str) -> list[str]:
    """The channels that a line names which says where its page stands: at most two."""
    _label, _colon, rest = line.rpartition("当前位置")
    parts = [part.strip(" 　:：") for part in re.split(r"[>＞»›→]|-(?=[\u4e00-\u9fff])", rest)]
    names = [part for part in parts[1:] if part and not _NO_CHANNEL.fullmatch(part)]
    return names[-2:]


def tags(line: str) -> list[str]:
    """The tags of a line of them."""
    parts = re.split(r"[;；,，、|\s]+", value(line))
    return [part for part in parts if part and kind(part) is Kind.WORDS and len(part) <= 20]


def is_file_name(text: str) -> bool:
    """Whether a text is the bare name of a picture's file, which is no caption."""
    return _FILE_NAME.fullmatch(_plain(text)) is not None


# Labels, as people write them: with blanks inside to make columns even.


def _spaced(words: str) -> str:
    return "|".join(r"\s*".join(word) for word in words.split())


# What people of mirrored pages see in the other script where the gate kept it from being mended.
_SIMPLE = str.maketrans(
    "來編輯責審鏈閱讀標題轉載時間發佈記員處當請關網頁鍵詞擊評論與點熱類瀏覽",
    "来编辑责审链阅读标题转载时间发布记员处当请关网页键词击评论与点热类浏览",
)
_HANDLER = _spaced(
    "责任编辑 图文编辑 版面编辑 网络编辑 一审编辑 二审编辑 三审编辑 二审校对 终审核发 内容编审 值班主编 "
    "总监制 副总监制 编辑 责编 美编 编审 审核 审校 校对 一审 二审 三审 初审 复审 终审 审签 签发 主编 监制 制作"
)
_AUTHOR = _spaced(
    "来源 稿件来源 信息来源 新闻来源 文章来源 内容来源 转载来源 稿源 供稿 供稿单位 发布单位 "
    "作者 撰稿 撰文 文字 文/图 图/文 图文 图片 摄影 摄像 摄影报道 通联 供图 "
    "记者 全媒体记者 融媒体记者 文字记者 摄影记者 首席记者 见习记者 实习记者 特约记者 "
    "通讯员 特约通讯员 实习生"
)
_TIME = _spaced("时间 日期 发布 发布时间 发布日期 发表时间 发表日期 更新时间 发稿时间 录入时间")
# Those that a name may follow with nothing but a blank.
_SIGNING = _spaced("来源 稿源 作者 撰稿 供稿 记者 通讯员 特约通讯员 实习生 摄影")
_COLON = r"\s*[:：丨|／/]"
_OPEN, _CLOSE = r"[\s　【\[（(■□●]*", r"[\s　】\]）)]*"
_NO_SENTENCE = r"[^。！？!；]"
_PERSON = r"[\u4e00-\u9fff·]{2,4}"
_STAMP = r"(?:\d{1,2}-\d{1,2}\s+\d{1,2}[:：]\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}日?(?:\s+\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?)"

_FILE_NAME = re.compile(
    r"(?:图片?[:：]?\s*)?[^\s/\\:：。，]{1,80}\.(?:jpe?g|png|gif|webp|bmp)", re.IGNORECASE
)
_NO_CHANNEL = re.compile(
    r"(?:正文|首页|网站首页|详细内容|详情|内容|内容页|文章|新闻详情|新闻内容|浏览文章|.{25,})"
)

_NOISE = (
    r"[—\-–·\s]*分享[—\-–·\s]*|(?:分享|转发)(?:到|至)?[:：].{0,40}",
    r".{0,6}字\s*[体号][:：\s].{0,30}|大\s*中\s*小|小\s*[|｜]?\s*大|.{0,4}放大\s*缩小.{0,6}",
    r"(?:浏览|阅读|点击|访问|查看)(?:量|数|次数|率)?[:：]\s*\d*\s*(?:次|人)?",
    r"\d+\s*次?(?:浏览|阅读|点击)|评分[:：]?\s*\d*|\d+人参与[,，].{0,20}",
    r"(?:(?:打印|关闭|收藏|推荐给好友|举报|复制链接|纠错|返回|听新闻)(?:此页|本站|本页|窗口)?[\s|｜/、]*){1,6}",
    r"立即下载|立即打开|.{0,10}打开(?:APP|客户端).{0,20}|下载.{0,12}(?:APP|客户端)",
    r".{0,16}扫一扫.{0,20}|.{0,30}二维码|.{1,16}微信公众号|时刻新闻|手机版|PDF\s*版.{0,6}",
    r"设为首页.{0,20}|我来说两句.{0,20}|上一篇\s*下一篇.{0,20}|红网首页.{0,40}",
    r"微信|微博|QQ空间|朋友圈|[—\-–=_*·\s　|｜]+",
)
_END = (
    r"阅读下一篇.{0,60}|[上下]一[篇条][:：].{0,80}|下一篇.{0,6}",
    r"相关(?:阅读|内容|新闻|报道|文章|推荐|稿件|信息)[:：]?|猜你喜欢[:：]?|大家都在看[:：]?|为您推荐[:：]?",
    r"(?:热门|最新)(?:推荐|新闻|文章|点击)[:：]?|推荐阅读[:：]?|图片推荐[:：]?|频道(?:热点|精选)[:：]?",
    r"返\s*回.{0,20}首\s*页.{0,10}|回首页.{0,20}",
    r"点击查看全文|点击加载更多|展开(?:全文|阅读全文)",
    r"(?:网友|用户|发表|最新|全部)?评论(?:区|列表)?(?:[(（]\d*[)）])?|请输入验证码.{0,10}",
    r"(?:免责|版权|特别|本站)声明[:：\s].{0,300}|版权所有.{0,300}",
    r"(?:本站|本网|本文).{0,14}原创.{0,60}(?:转载|链接|声明).{0,40}",
    r"未经.{0,16}(?:授权|许可|同意).{0,30}(?:不得|禁止|谢绝).{0,30}|转载(?:请|须).{0,40}",
)
_NAMED = rf"(?:{_PERSON}[\s　、]*){{1,6}}"
_SIGNED = "".join(
    (
        rf"{_OPEN}[^\s。，,；！？]{{0,16}}(?:记者|通讯员|实习生)\s*{_NAMED}",
        rf"(?:(?:通讯员|实习生|摄影|记者)\s*{_NAMED})*",
        rf"(?:/?摄|文/图|图/文|报道|摄影报道|整理)?{_CLOSE}",
    )
)
_CREDITS = (
    rf"{_OPEN}(?:{_AUTHOR}){_COLON}{_NO_SENTENCE}{{0,120}}",
    rf"{_OPEN}(?:{_TIME}){_COLON}\s*{_STAMP}{_NO_SENTENCE}{{0,120}}",
    rf"(?:{_SIGNING})\s+{_NO_SENTENCE}{{1,40}}{_CLOSE}",
    _SIGNED,
)
_HANDLERS = (
    # 「关键词：责任编辑：某某」 has no tags.
    rf"{_OPEN}(?:关键词|标签){_COLON}\s*(?:{_HANDLER}){_COLON}.{{0,30}}",
    rf"{_OPEN}(?:{_HANDLER}){_COLON}{_NO_SENTENCE}{{0,100}}",
    rf"{_OPEN}(?:{_HANDLER})\s+{_PERSON}(?:\s+[\u4e00-\u9fff·\s]{{2,40}})?{_CLOSE}",
    rf"(?:责任编辑|责编|编辑|编审|终审|三审|二审|一审|校对){_PERSON}",
)
_KINDS = tuple(
    (found, re.compile("|".join(patterns), re.IGNORECASE))
    for found, *patterns in (
        (Kind.PICTURE, _FILE_NAME.pattern),
        (Kind.PERMALINK, rf"{_OPEN}(?:本文|本页|文章|永久)(?:链接|地址|网址){_COLON}.*"),
        (
            Kind.ORIGINAL_ADDRESS,
            rf"{_OPEN}(?:原文(?:链接|地址|网址)|来源(?:地址|链接|网址)){_COLON}.*",
        ),
        (Kind.ORIGINAL_HEADLINE, rf"{_OPEN}原标题{_COLON}.{{1,200}}"),
        (Kind.KICKER, rf"(?:引题|眉题|肩题){_COLON}.{{1,100}}"),
        (Kind.SUBTITLE, rf"(?:副题|副标题){_COLON}.{{1,120}}"),
        (
            Kind.TRAIL,
            r"(?:您|你)?(?:现在|目前|当前|所在)?的?位置\s*[:：].*",
            r"[^。，,]{1,20}(?:\s*[>＞»›]\s*[^>＞»›。，,]{1,40}){2,}",
        ),
        (Kind.HANDLERS, *_HANDLERS),
        (Kind.TAGS, rf"{_OPEN}(?:关键词|关键字|标签|TAGS?){_COLON}{_NO_SENTENCE}{{0,200}}"),
        (Kind.SHARE, r"[—\-–]+\s*分享\s*[—\-–]+"),
        (Kind.NOISE, *_NOISE),
        (Kind.END, *_END),
        (Kind.OWNER, rf"主办(?:单位)?{_COLON}\s*\S.{{1,40}}"),
        (Kind.CREDITS, *_CREDITS),
        (
            Kind.TIME,
            rf"{_OPEN}{_STAMP}{_NO_SENTENCE}{{0,60}}",
            rf"{_NO_SENTENCE}{{0,60}}{_STAMP}{_CLOSE}",
        ),
    )
)


def _plain(line: str) -> str:
    return line.strip(" \t\r\n\u00a0\u3000").translate(_SIMPLE)
