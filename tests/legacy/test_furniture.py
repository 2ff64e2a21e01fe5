"""What a line of a page is."""

import pytest

from legacy import furniture
from legacy.furniture import Kind, kind


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("来源：青溪县融媒体中心 作者：苏明 编辑：田静 2023-08-23 21:21:48", Kind.CREDITS),
        ("來源:青溪縣融媒體中心", Kind.CREDITS),
        ("　　作者：青溪县龙潭镇 苏明", Kind.CREDITS),
        ("（稿件来源：青溪县田店镇 通讯员：龚宁 一审编辑：程辉）", Kind.CREDITS),
        ("记者 苏明 通讯员 何晓兰", Kind.CREDITS),
        ("□记者  苏明 通讯员 何晓兰 报道", Kind.CREDITS),
        ("【时间：2020-11-04 10:06】【来源：青溪在线苏明", Kind.CREDITS),
        ("发表时间：02-13 09:33", Kind.CREDITS),
        ("编 辑：苏 伟", Kind.HANDLERS),
        ("总 监 制：苏伟", Kind.HANDLERS),
        ("[责任编辑：青溪新闻网]", Kind.HANDLERS),
        ("责编|刘静", Kind.HANDLERS),
        ("编审 杨仪", Kind.HANDLERS),
        ("关键词：责任编辑：李亮", Kind.HANDLERS),
        ("云上青溪——青溪县融媒体中心 2020-11-07 09:19", Kind.TIME),
        ("2023-08-23 21:21:48", Kind.TIME),
        ("标签：村民;公路", Kind.TAGS),
        ("原标题：一条路的故事", Kind.ORIGINAL_HEADLINE),
        ("来源地址：http://www.example.org/1.html", Kind.ORIGINAL_ADDRESS),
        ("本文链接：https://www.example.com/content/2022/09/07/11804319.html", Kind.PERMALINK),
        ("当前位置：", Kind.TRAIL),
        ("青溪新闻网>新闻中心>乡镇>正文", Kind.TRAIL),
        ("8933.jpg", Kind.PICTURE),
        ("微信图片_20230919204945_副本.jpg", Kind.PICTURE),
        ("—分享—", Kind.SHARE),
        ("分享到：", Kind.NOISE),
        ("字体：[大 中 小]", Kind.NOISE),
        ("打印 | 收藏此页 | 推荐给好友 | 举报", Kind.NOISE),
        ("查看: 2107次", Kind.NOISE),
        ("0人参与，0条评论", Kind.NOISE),
        ("青溪融媒微信 公众号二维码", Kind.NOISE),
        ("立即下载", Kind.NOISE),
        ("阅读下一篇", Kind.END),
        ("返回青溪新闻网首页", Kind.END),
        ("回首页 返 回 回顶部", Kind.END),
        ("点击查看全文", Kind.END),
        ("猜你喜欢", Kind.END),
        ("请输入验证码", Kind.END),
        ("本站原创文章，转载请附上原文链接。", Kind.END),
        ("本文为青溪站原创文章，转载请附上原文出处链接和本声明。", Kind.END),
        ("主办单位：青溪县融媒体中心", Kind.OWNER),
    ],
)
def test_furniture_is_known(line: str, expected: Kind) -> None:
    assert kind(line) is expected


@pytest.mark.parametrize(
    "line",
    [
        "记者：村里的变化大吗？",
        "记者在龙潭镇看到，山路上车来车往，十分热闹。",
        "分享丰收的喜悦",
        "评论员文章：把路修到家门口",
        "编辑部的故事还在继续。",
        "来源于群众，服务于群众。",
        "上一篇章已经翻过，新的一页正在打开。",
        "时间：下周三上午",
        "返回家乡的年轻人越来越多",
        "审核通过以后，由镇里发证。",
        "8月23日下午，全县召开会议。",
        "原创歌曲《山路》首发",
        "相关负责人表示，工程年内完工",
    ],
)
def test_line_of_an_article_is_no_furniture(line: str) -> None:
    assert kind(line) is Kind.WORDS


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("当前位置：青溪新闻网 > 新闻中心 > 乡镇 > 正文", ["新闻中心", "乡镇"]),
        ("首页>要闻>详细内容", ["要闻"]),
        ("青溪人大网>市县人大>龙潭>工作动态>正文", ["龙潭", "工作动态"]),
        ("当前位置：", []),
    ],
)
def test_trail_names_at_most_two_channels(line: str, names: list[str]) -> None:
    assert furniture.trail(line) == names


def test_long_line_costs_nothing() -> None:
    assert kind("记者 " + "苏明 " * 100_000) is Kind.WORDS
