"""Fold a buyer's text to one spelling: width, case, look-alike accents, character forms."""

import re
import unicodedata
from typing import NamedTuple

LONGEST_READ = 2000
"""Characters that are read; the platform takes no longer messages."""

_TRADITIONAL = (
    "換選錢還單訂個貨請謝嗎麼會該發補這們沒時間給幫願隻別點過後來對說為問當經幾樣顏實於應無種"
    "現項顧開誰繼續聯絡聽讓變關難擇決確認賠償銷優費運郵號碼雙條價額貴爾麗綠紅黃藍員嘗試慮緊趕"
    "馬絕數據賣買闆親愛媽爺歡樂許記憶邊連結級權夠煩勞樓囉係嘆麥閒陣轉諒檔詢覺題慣滿僅處禮與並"
    "從電話聲兩週裡裏帳賬體將進達遲較擔須揀隨唸氣講衹內靜約倉庫廠滯頭書長見復複覆議辦總誤瞭傷"
    "褲適"
)
_SIMPLIFIED = (
    "换选钱还单订个货请谢吗么会该发补这们没时间给帮愿只别点过后来对说为问当经几样颜实于应无种"
    "现项顾开谁继续联络听让变关难择决确认赔偿销优费运邮号码双条价额贵尔丽绿红黄蓝员尝试虑紧赶"
    "马绝数据卖买板亲爱妈爷欢乐许记忆边连结级权够烦劳楼啰系叹麦闲阵转谅档询觉题惯满仅处礼与并"
    "从电话声两周里里账账体将进达迟较担须拣随念气讲只内静约仓库厂滞头书长见复复复议办总误了伤"
    "裤适"
)
_CHARACTERS = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("🅰🅐🇦", " a "),
        **dict.fromkeys("🅱🅑🇧", " b "),
        **dict.fromkeys("🅒🇨©", " c "),
        **dict.fromkeys("❌🚫🙅✖❎⛔👎", " ❌ "),
        **dict.fromkeys("✅✔☑", " ✅ "),
        **dict.fromkeys("'’‘´`ʼ"),
        **dict.fromkeys("%٪", " percent "),
        "°": " degrees ",
        "¿": "?",
        "？": "?",
        "⁉": "?",
        "❓": "?",
        "❔": "?",
        "🤔": "?",
    }
)
_LONG_NUMBER = re.compile(r"[0-9]{6,}")
_LENGTHENED = re.compile(r"([^\W\d_\u3400-\u9fff])\1{2,}")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z]{2,})|(?<=[a-z]{2})-(?=[a-z])")
_SEGMENT = re.compile(r"([^.,;:!?\n\r()\[\]{}\"“”„«»…—–\-、。・→>=•]*)([^\n]?)")
_LAUGHTER = re.compile(r"\b5{3,}\b|\b(?:wk){2,}w?\b|\b(?:ha|he|hi|hu){2,}h?\b")


class Folded(NamedTuple):
    """A text in one spelling, cut at its punctuation."""

    segments: tuple[tuple[str, bool], ...]
    """Text without punctuation, and whether a question mark ended it."""
    digits: tuple[str, ...]


def fold(text: str) -> Folded:
    """Return the segments and the long digit groups of *text*."""
    plain = _one_spelling(text[:LONGEST_READ])
    digits = tuple(_LONG_NUMBER.findall(plain))
    plain = _LAUGHTER.sub(" ", _LONG_NUMBER.sub(" ", plain))
    plain = _HYPHEN.sub(" ", _LENGTHENED.sub(r"\1", plain))
    return Folded(tuple(_segments(plain)), digits)


def _one_spelling(text: str) -> str:
    marked = text.translate(_SIGNS)
    visible = "".join(char for char in marked if _is_visible(char))
    lower = unicodedata.normalize("NFKC", visible).lower().translate(_SIGNS)
    return lower.translate(_CHARACTERS).replace("uỷ", "ủy").replace("uỵ", "ụy")


def _is_visible(char: str) -> bool:
    # Joiners, direction marks, variation selectors and keycaps print nothing of their own.
    return unicodedata.category(char) not in {"Cf", "Me", "Cs"} and char not in "\ufe0e\ufe0f"


def _segments(plain: str) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    for words, mark in _SEGMENT.findall(plain):
        if words.strip():
            found.append((words, mark == "?"))
        elif mark == "?" and found:
            found[-1] = (found[-1][0], True)
    return found
