"""Why an order is served or short, in Simplified Chinese.

The sentences are those of `domain.waiting_line` and `domain.handout` for one SKU; a person's own
reason in them stays as it was written.
"""

import re
from collections.abc import Callable, Mapping

_PLACE = r"(\d+)(?:st|nd|rd|th) in line"
_LEFT = r"(none|only \d+ units?) w(?:as|ere) left"

_STANDINGS: Mapping[str, str] = {
    r"paid (.+)": "{0} 付款",
    r"placed (.+), no payment time": "{0} 下单，无付款时间",
    r"due (.+)": "平台期限 {0}",
    r"worth (.+)": "金额 {0}",
    r"no platform deadline known": "无平台期限",
    r"value not known": "金额未知",
    r"buyer let down before": "买家曾受影响",
    r"buyer not let down yet": "买家未曾受影响",
    r"on hold": "暂挂",
    r"neither paid nor placed time known": "付款与下单时间均未知",
}
"""What gives an order its place in line."""
_CAUSES: Mapping[str, str] = {
    r"units were free": "有余货",
    r"the count is now (\d+) units?": "盘点为 {0} 件",
    r"lot (.+) with (\d+) units? arrived": "批次 {0} 到货 {1} 件",
    r"order (\d+) joined the line": "订单 {0} 加入排队",
    r"order (\d+) needs (\d+) units? now": "订单 {0} 改需 {1} 件",
    r"order (\d+) left": "订单 {0} 不再需要",
    r"order (\d+) was sent": "订单 {0} 已发出",
}
"""What changed the units."""


def in_chinese(why: str) -> str:
    """Return a sentence in Chinese, or as it is where it is none of those."""
    for pattern, say in _SENTENCES:
        if found := pattern.fullmatch(why):
            return say(*found.groups())
    return why


def _served(standing: str, place: str, taken: str, of: str) -> str:
    return f"有货：{_standing(standing)}（排第 {place} 位），余 {of} 件中得 {taken} 件。"


def _short(standing: str, place: str, wanted: str, left: str) -> str:
    return f"缺货：{_standing(standing)}（排第 {place} 位），需 {wanted} 件，{_rest(left)}。"


def _served_later(place: str, taken: str, of: str, cause: str) -> str:
    told = _said(cause, _CAUSES)
    return f"有货：排第 {place} 位，因{told}，余 {of} 件中得 {taken} 件。"


def _short_again(place: str, wanted: str, left: str, cause: str) -> str:
    told = _said(cause, _CAUSES)
    return f"又缺货：排第 {place} 位，原已承诺 {wanted} 件；因{told}，{_rest(left)}。"


def _moved(side: str, actor: str, reason: str) -> str:
    return f"{'有货' if side == 'Served' else '缺货'}：由 {actor} 人工调整，原因：{reason}。"


def _rest(left: str) -> str:
    return "已无余货" if left == "none" else f"仅余 {left.split()[1]} 件"


def _standing(standing: str) -> str:
    return "，".join(_said(part, _STANDINGS) for part in _parts(standing))


def _parts(standing: str) -> list[str]:
    # One standing has a comma in it.
    kept = standing.replace(", no payment time", "; no payment time").split(", ")
    return [part.replace("; no payment time", ", no payment time") for part in kept]


def _said(words: str, table: Mapping[str, str]) -> str:
    for pattern, said in table.items():
        if found := re.fullmatch(pattern, words):
            return said.format(*found.groups())
    return words


_SENTENCES: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (re.compile(rf"Served: (.+) \({_PLACE}\), (\d+) of the (\d+) units? left\."), _served),
    (re.compile(rf"Short: (.+) \({_PLACE}\), needs (\d+) units? and {_LEFT}\."), _short),
    (
        re.compile(rf"Served: {_PLACE}, (\d+) of the (\d+) units? free when (.+)\."),
        _served_later,
    ),
    (
        re.compile(rf"Short again: {_PLACE}, was promised (\d+) units? and {_LEFT} when (.+)\."),
        _short_again,
    ),
    (re.compile(r"(Served|Short), moved by (.+?): (.+)\."), _moved),
)
