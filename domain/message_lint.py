"""What a text to a buyer must never say, found before it leaves.

Every language's words are looked for in every text: a Thai template with an English request in it
is as wrong as an English one. Names from the shop's own catalogue are quoted (`quoted`), so that a
plush called "LINE Friends" stops no message; their contact details are cut out (`catalogue_name`).

Source: seller policy on customer communication and on seller cancellations (seller education,
autumn 2026); SendMessage 202309, TEXT of at most 2,000 characters.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from domain.errors import DomainError

LONGEST_TEXT = 2000
"""Characters that the platform takes in one text message."""
LONGEST_NAME = 80
"""Characters of a product name that a message repeats; platform names reach 255."""

_OPEN, _CLOSE = "\ue000", "\ue001"
_QUOTED = re.compile(f"{_OPEN}[^{_OPEN}{_CLOSE}]*{_CLOSE}")
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff]"
)
"""Characters that show nothing and could hide a word; all but the joiner that emoji need."""


class Rule(StrEnum):
    """What can be wrong with a text."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    HANDLE = "handle"
    MESSENGER = "messenger"
    ASKS_TO_CANCEL = "asks_to_cancel"
    REVIEW = "review"
    OUTSIDE_PAYMENT = "outside_payment"
    REFUND_OF_NOTHING = "refund_of_nothing"
    BRACES = "braces"


class UnfitMessageError(DomainError):
    """A text for a buyer breaks a rule and must not leave; names the template and the faults."""

    def __init__(self, template: str, found: list[str]) -> None:
        super().__init__(
            f"{template}: {'; '.join(found)}; correct the template, gift or coupon it came from"
        )
        self.template = template
        self.faults = found


@dataclass(frozen=True)
class _Trace:
    stem: str
    """Lower-case letters without which the pattern cannot match; looked for first, for speed."""
    pattern: re.Pattern[str]

    def found_in(self, text: str, lowered: str) -> str | None:
        hit = self.pattern.search(text) if self.stem in lowered else None
        return hit.group().strip() if hit else None


def _pattern(expression: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    # NFKC splits Thai sara am and folds full-width marks, in the texts as in the patterns.
    return re.compile(unicodedata.normalize("NFKC", expression), flags)


def _traces(*pairs: tuple[str, str], flags: re.RegexFlag = re.IGNORECASE) -> tuple[_Trace, ...]:
    return tuple(
        _Trace(unicodedata.normalize("NFKC", stem), _pattern(expression, flags))
        for stem, expression in pairs
    )


_TOP_LEVEL = (
    r"[a-z0-9]\.(?:com|net|org|io|co|me|ly|shop|store|app|info|biz|xyz|link|page|site|top|vip|cc|gg"
    r"|tv|cn|th|vn|id|my|sg|ph|us|uk|eu)(?![\w-])"
)
_EMAIL = r"[\w.+-]+\s?@\s?[\w-]+\.\w+"
_PHONE = r"(?<!\d)\+?\(?\d(?:[ .()-]{0,2}\d){6,}"
_HANDLE = r"(?<![\w.])@\s?\w{2,}"
_AMOUNT = _pattern(
    r"(?:US\$|S\$|Rp|RM|IDR|VND|THB|[$£€฿₱₫])\s?\d{1,3}(?:[.,]\d{3})+(?:[.,]\d\d)?(?!\d)"
    r"|(?<![\d.,])\d{1,3}(?:[.,]\d{3})+\s?(?:₫|đ|VND|IDR|THB|บาท)"
)
_WE_WILL = r"\bwe(?:'|’| (?:will|have|had|are|can|shall|must|would|do|cancel)\b)"

# Each request is bounded by its sentence and by "we will": "please reply, otherwise we will
# cancel" is a statement about us.
_REQUEST_EN = (
    r"\b(?:please|pls|kindly|can you|could you|would you|you (?:can|could|may|might|must"
    r"|should|need|have|ought)|(?:ask|want|need|like|request|advise|recommend|suggest|urge)"
    r" (?:that )?you|yourself|feel free"
    r"|go ahead)\b"
    rf"(?:(?!{_WE_WILL})[^.!?\n])*?"
    r"\b(?:cancel(?!l?ation)|(?:confirm|request|apply for) (?:a|the|your) cancell?ation)"
)
_REQUEST_TH = (
    r"(?:กรุณา|โปรด|รบกวน|ขอให้|อยากให้|แนะนำให้|ฝาก|วาน|ช่วย|(?:คุณ|ลูกค้า)\s?สามารถ|(?<!จำเป็น)ต้อง(?!ขออภัย))"
    r"(?:(?!ร้านจะ|ร้านขอ|ร้านได้|เราจะ)[^.\n])*?ยกเลิก"
)
_REQUEST_VI = (
    r"\b(?:vui lòng|xin hãy|xin bạn|xin quý|hãy|làm ơn|nhờ|(?:mong|khuyên|đề nghị) bạn"
    r"|bạn (?:có thể|cần|nên|phải|hãy|tự|giúp))\b"
    r"(?:(?!\b(?:shop|chúng tôi) (?:sẽ|xin|đã))[^.!?\n])*?\bhủy"
)
_REQUEST_ID_MS = (
    r"\b(?:(?:mohon|minta|harap)(?! maaf| maklum)|silakan|silahkan|tolong|diminta|sila|sudilah"
    r"|bantu|(?:menya|sa)rankan|(?:menge)?syorkan|mencadangkan"
    r"|(?:anda|kakak|kak|kamu) (?:boleh|bisa|dapat|perlu|harus|mesti))\b"
    r"(?:(?!\bkami (?:akan|telah|sudah)\b)[^.!?\n])*?\b(?:mem)?batal(?:kan|in)\b"
)
_ASKS_TO_CANCEL = _traces(
    ("cancel", _REQUEST_EN),
    ("cancel", r"(?:^|\n|[.!?:;]\s+)cancel (?:the|your|this|it)\b"),
    ("cancel", r"\bcancel\b[^.!?\n]{0,40}\byourself"),
    ("取消", r"(?:(?<!申)[请請]|劝)[^。!?\n,;]{0,14}取消"),
    ("取消", r"(?:麻烦|烦请|(?:希望|建议|推荐|需要|要求)[您你])[^。!?\n,;]{0,12}取消"),
    ("取消", r"[您你](?:可以|可|需要|需|得|要|先|自行|主动|去|来|也能|能)[^。!?\n,;]{0,10}取消"),
    ("取消", r"(?:自行|自己|申请|帮忙|点击|点)取消"),
    ("ยกเลิก", _REQUEST_TH),
    ("ยกเลิก", r"กดยกเลิก|ยกเลิก(?:คำสั่งซื้อ|ออเดอร์|รายการ)?(?:ด้วยตัวเอง|เอง|ด้วยนะ|หน่อย)"),
    ("hủy", _REQUEST_VI),
    ("hủy", r"tự hủy|bấm hủy|hủy[^.!?\n]{0,20}\bgiúp (?:shop|mình)"),
    ("batal", _REQUEST_ID_MS),
    ("cancel", r"\b(?:mohon|silakan|silahkan|tolong|harap|sila)\b[^.!?\n]*?\bcancel\b"),
    ("batal", r"\b(?:mem)?batalkan\b[^.!?\n]{0,20}\bsendiri"),
)


def _plain_words(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, re.escape(word)) for word in words)


_MESSENGER = _traces(
    *_plain_words("zalo", "微信", "telegram", "viber", "kakao", "instagram", "facebook", "小红书"),
    *_plain_words("抖音号", "扣扣", "二维码", "คิวอาร์", "discord"),
    ("whats", r"whats\s?app"),
    ("chat", r"\bwe\s?chat\b"),
    ("信", r"[加vV]\s?信|微\s信"),
    ("messenger", r"(?:fb|via|on) messenger"),
    ("skype", r"\bskype\b"),
    ("qr", r"\bQR\b"),
    ("qq", r"\bQQ\b"),
    ("line", r"(?<![a-z-])line\s?(?:id\b|[:@])"),
    ("ไลน์", r"(?<!ออน)ไลน์"),
) + _traces(("line", r"(?<![A-Za-z-])LINE(?![A-Za-z])"), flags=re.NOFLAG)
_REVIEW = _traces(
    *_plain_words("好评", "差评", "评价", "评论", "评分", "รีวิว", "ให้ดาว", "ให้คะแนน", "đánh giá"),
    *_plain_words("bình luận", "nhận xét", "testimoni", "maklum balas", "feedback"),
    ("review", r"\breviews?\b"),
    ("rating", r"\bratings?\b"),
    ("star", r"\b(?:5|five)[ -]?stars?\b"),
    ("星", r"[五5]\s?(?:颗)?星"),
    ("ดาว", r"(?:5|ห้า)\s?ดาว"),
    ("sao", r"(?:5|năm) sao\b"),
    ("ulasan", r"\bulasan\b"),
    ("penilaian", r"\bpenilaian\b"),
    ("bintang", r"\bbintang (?:5|lima)\b|\b(?:5|lima) bintang"),
)
_OUTSIDE_PAYMENT = _traces(
    *_plain_words("bank transfer", "paypal", "转账", "支付宝", "红包", "โอนเงิน", "พร้อมเพย์"),
    *_plain_words("chuyển khoản", "transfer bank", "pindahan bank", "gopay"),
    ("transfer", r"\btransfer langsung\b"),
    ("momo", r"\bmomo\b"),
)
_REFUND = _traces(
    *_plain_words("refund", "money back", "reimburse", "退款", "退钱", "退还", "返还", "退回"),
    *_plain_words("退费", "原路", "คืนเงิน", "เงินคืน", "เงินจะคืน", "คืนยอด", "ได้รับเงิน", "รีฟันด์"),
    *_plain_words("trả lại tiền", "tiền hoàn", "nhận lại tiền", "hoàn trả", "pengembalian"),
    *_plain_words("mengembalikan", "bayaran balik", "bayar balik", "pulangan", "memulangkan"),
    ("back", r"\bpay(?:ing)? (?:you )?back\b|\bback to your (?:card|account|payment)"),
    ("money", r"\b(?:get|have) (?:all )?your money\b|\bmoney goes back\b"),
    ("hoàn", r"hoàn (?:lại |trả )?(?:tiền|100%|đủ|toàn bộ)"),
    ("trả về", r"tiền[^.\n]{0,20}trả về"),
    ("kembali", r"\b(?:dana|uang|wang|duit)\b[^.\n]{0,20}\b(?:kembali|dikembalikan)"),
    ("dipulangkan", r"\b(?:wang|bayaran)\b[^.\n]{0,20}\bdipulangkan"),
)

_ALWAYS = {
    Rule.EMAIL: _traces(("@", _EMAIL)),
    Rule.LINK: _traces(("http", r"https?:"), ("www.", r"www\."), (".", _TOP_LEVEL)),
    Rule.PHONE: _traces(("", _PHONE)),
    Rule.HANDLE: _traces(("@", _HANDLE)),
    Rule.MESSENGER: _MESSENGER,
    Rule.ASKS_TO_CANCEL: _ASKS_TO_CANCEL,
    Rule.REVIEW: _REVIEW,
    Rule.OUTSIDE_PAYMENT: _OUTSIDE_PAYMENT,
    Rule.BRACES: _traces(("{", r"\{+[^}\n]{0,40}"), ("}", r"[^{\n]{0,40}\}+")),
}
_UNPAID = _ALWAYS | {Rule.REFUND_OF_NOTHING: _REFUND}
_LETTER = {Rule.LINK: _traces(("://", r"\w*://\S*")), Rule.BRACES: _ALWAYS[Rule.BRACES]}
_CONTACT = _pattern(
    rf"{_EMAIL}|https?:\S*|www\.\S+|[\w.-]*{_TOP_LEVEL}(?:/\S*)?|{_PHONE}|{_HANDLE}"
)


def quoted(name: str) -> str:
    """Return *name* marked as a quotation, which the rules about words pass over."""
    return f"{_OPEN}{_MARKS.sub('', name)}{_CLOSE}"


def unquoted(text: str) -> str:
    """Return *text* without the marks of `quoted`, as the buyer reads it."""
    return _MARKS.sub("", text)


def one_line(text: str) -> str:
    """Return *text* without control or invisible characters, its white space folded to spaces."""
    return " ".join(_INVISIBLE.sub("", " ".join(text.split())).split())


@lru_cache(maxsize=4096)
def catalogue_name(name: str, longest: int = LONGEST_NAME) -> str:
    """Return a product's name as a message may repeat it.

    Args:
        name: The name in the shop's catalogue, which nobody wrote for a chat.
        longest: Most characters to keep.

    Returns:
        One line without contact details, shortened with an ellipsis; may be empty.
    """
    clean = one_line(_CONTACT.sub("", unicodedata.normalize("NFC", one_line(name))))
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def faults(text: str, *, unpaid: bool = False) -> list[str]:
    """Find what a text for a buyer must not say, in any of the languages.

    Args:
        text: As it would be sent; parts marked by `quoted` count for its length only.
        unpaid: True when nothing was paid, so that nothing can be given back.

    Returns:
        One "rule: offending words" per broken rule; empty when the text may leave.
    """
    return _faults(text, _UNPAID if unpaid else _ALWAYS, longest=LONGEST_TEXT)


def letter_faults(text: str, *, longest: int) -> list[str]:
    """Find what a letter to a supplier, a carrier or the shop's own people must not hold.

    They do not pass the platform's chat, so a telephone number in them is no fault; an address
    with a scheme is, because the addresses of chat channels hold their secrets.

    Args:
        text: A title or a text as it would be sent; parts marked by `quoted` count for its length.
        longest: Most characters.

    Returns:
        One "rule: offending words" per broken rule; empty when it may leave.
    """
    return _faults(text, _LETTER, longest=longest)


def _faults(text: str, rules: dict[Rule, tuple[_Trace, ...]], *, longest: int) -> list[str]:
    judged = _judged(text)
    found = _size_faults(unquoted(text), longest)
    for rule, traces in rules.items():
        words = _first(traces, judged)
        if words is not None:
            found.append(f"{rule}: {words!r}")
    return found


def _first(traces: tuple[_Trace, ...], text: str) -> str | None:
    lowered = text.lower()
    return next(filter(None, (trace.found_in(text, lowered) for trace in traces)), None)


def _size_faults(plain: str, longest: int) -> list[str]:
    if not plain.strip():
        return [f"{Rule.EMPTY}: the text says nothing"]
    if len(plain) > longest:
        return [f"{Rule.TOO_LONG}: {len(plain)} characters, at most {longest}"]
    return []


def _judged(text: str) -> str:
    normal = unicodedata.normalize("NFKC", _QUOTED.sub("¤", text))
    # An amount such as Rp1.250.000 is no telephone number, and Vietnamese has two spellings.
    return _AMOUNT.sub("¤", _INVISIBLE.sub("", normal)).replace("uỷ", "ủy").replace("Uỷ", "Ủy")
