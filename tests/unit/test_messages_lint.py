"""Each rule of talking to buyers catches what breaks it and lets honest wording pass."""

import pytest

from domain.message_lint import (
    LONGEST_NAME,
    LONGEST_TEXT,
    UnfitMessageError,
    catalogue_name,
    faults,
    one_line,
    quoted,
    unquoted,
)


def rules(text: str, *, unpaid: bool = False) -> set[str]:
    return {fault.split(":")[0] for fault in faults(text, unpaid=unpaid)}


BROKEN = [
    ("empty", " \n "),
    ("too_long", "a" * (LONGEST_TEXT + 1)),
    ("link", "See https://example.test/offer"),
    ("link", "Go to www.shop"),
    ("link", "Look at myshop.com today"),
    ("link", "bit.ly/3xyz"),
    ("link", "Xem shopcuatoi.vn nhé"),
    ("email", "Write to help@shop.example"),
    ("phone", "call 0812345678"),
    ("phone", "+66 81 234 5678"),
    ("phone", "081-234-5678"),
    ("phone", "(081) 234.5678"),
    ("phone", "๐๘๑๒๓๔๕๖๗๘"),
    ("phone", "０８１２３４５６７８"),
    ("phone", "0812\u200b345\u200b678"),
    ("handle", "follow @myshop"),
    ("messenger", "LINE myshop"),
    ("messenger", "add line id: shop"),
    ("messenger", "ทักไลน์ร้าน"),
    ("messenger", "WhatsApp us"),
    ("messenger", "Whats App us"),
    ("messenger", "nhắn Zalo cho shop"),
    ("messenger", "加微信领取"),
    ("messenger", "加v信"),
    ("messenger", "WeChat shop1"),
    ("messenger", "Telegram channel"),
    ("messenger", "our Instagram"),
    ("messenger", "请扫二维码"),
    ("messenger", "QQ 联系"),
    ("asks_to_cancel", "Please cancel the order."),
    ("asks_to_cancel", "Could you kindly go to the app and cancel it?"),
    ("asks_to_cancel", "You can cancel the order in the app."),
    ("asks_to_cancel", "Cancel the order, then buy again."),
    ("asks_to_cancel", "Please request a cancellation."),
    ("asks_to_cancel", "We recommend that you cancel the order."),
    ("asks_to_cancel", "We suggest you request a cancellation."),
    ("asks_to_cancel", "推荐您取消订单"),
    ("asks_to_cancel", "แนะนำให้ยกเลิกคำสั่งซื้อ"),
    ("asks_to_cancel", "Shop khuyên bạn hủy đơn"),
    ("asks_to_cancel", "Kami menyarankan agar Kakak membatalkan pesanan"),
    ("asks_to_cancel", "Kami mengesyorkan supaya anda membatalkan pesanan"),
    ("asks_to_cancel", "请取消订单"),
    ("asks_to_cancel", "请您取消订单"),
    ("asks_to_cancel", "麻烦您取消一下订单"),
    ("asks_to_cancel", "您可以在页面取消订单"),
    ("asks_to_cancel", "建议您先申请取消"),
    ("asks_to_cancel", "自行取消即可"),
    ("asks_to_cancel", "กรุณายกเลิกคำสั่งซื้อ"),
    ("asks_to_cancel", "รบกวนคุณลูกค้ากดยกเลิกออเดอร์"),
    ("asks_to_cancel", "ลูกค้าสามารถยกเลิกคำสั่งซื้อได้"),
    ("asks_to_cancel", "Vui lòng hủy đơn hàng"),
    ("asks_to_cancel", "Bạn có thể huỷ đơn giúp shop"),
    ("asks_to_cancel", "Bạn tự hủy đơn nhé"),
    ("asks_to_cancel", "Mohon batalkan pesanan"),
    ("asks_to_cancel", "Kakak bisa membatalkan pesanan sendiri"),
    ("asks_to_cancel", "tolong cancel pesanannya"),
    ("asks_to_cancel", "Sila batalkan pesanan anda"),
    ("review", "Leave a review and get a gift"),
    ("review", "a 5-star rating"),
    ("review", "给个五星好评"),
    ("review", "ฝากรีวิวด้วยนะคะ"),
    ("review", "ให้ 5 ดาว"),
    ("review", "Đánh giá 5 sao"),
    ("review", "beri ulasan bintang 5"),
    ("review", "penilaian anda"),
    ("outside_payment", "by bank transfer"),
    ("outside_payment", "支付宝转账给您"),
    ("outside_payment", "โอนเงินให้"),
    ("outside_payment", "chuyển khoản cho bạn"),
    ("outside_payment", "via transfer bank"),
    ("braces", "Hello {{ name }}"),
    ("braces", "Hello {name}"),
    ("braces", "Hello %}"),
    ("link", "www.abc"),
    ("messenger", "on Viber"),
    ("messenger", "KakaoTalk"),
    ("messenger", "our Facebook page"),
    ("messenger", "小红书号"),
    ("messenger", "抖音号见主页"),
    ("messenger", "扣扣联系"),
    ("messenger", "สแกนคิวอาร์"),
    ("messenger", "join Discord"),
    ("messenger", "via Messenger"),
    ("messenger", "Skype"),
    ("messenger", "scan the QR code"),
    ("asks_to_cancel", "Just cancel it yourself"),
    ("asks_to_cancel", "ยกเลิกเองได้เลย"),
    ("asks_to_cancel", "hủy đơn giúp shop"),
    ("asks_to_cancel", "batalkan pesanan sendiri ya"),
    ("review", "求好评"),
    ("review", "不要差评"),
    ("review", "写个评价"),
    ("review", "发表评论"),
    ("review", "打个评分"),
    ("review", "ให้ดาวเยอะ ๆ"),
    ("review", "ให้คะแนนร้าน"),
    ("review", "đánh giá nhé"),
    ("review", "viết bình luận"),
    ("review", "cho nhận xét"),
    ("review", "beri testimoni"),
    ("review", "maklum balas anda"),
    ("review", "your feedback"),
    ("review", "a good rating"),
    ("review", "five stars"),
    ("review", "五颗星"),
    ("review", "cho 5 sao"),
    ("review", "tulis ulasan"),
    ("review", "kasih bintang lima"),
    ("outside_payment", "PayPal"),
    ("outside_payment", "微信外转账"),
    ("outside_payment", "用支付宝"),
    ("outside_payment", "发红包"),
    ("outside_payment", "พร้อมเพย์ร้าน"),
    ("outside_payment", "pindahan bank"),
    ("outside_payment", "GoPay"),
    ("outside_payment", "transfer langsung ya"),
    ("outside_payment", "ví MoMo"),
    ("braces", "{{ name"),
]


@pytest.mark.parametrize(("rule", "text"), BROKEN)
def test_what_breaks_a_rule_is_found(rule: str, text: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "We refund you in full.",
        "You get your money back.",
        "全额退款",
        "款项原路返还",
        "คืนเงินเต็มจำนวน",
        "hoàn tiền cho bạn",
        "Tiền được trả về cho bạn",
        "pengembalian dana",
        "Dana kembali ke Kakak",
        "bayaran balik penuh",
        "Wang anda akan dipulangkan",
        "We reimburse you",
        "We pay you back",
        "退钱给您",
        "退还款项",
        "退回款项",
        "退费",
        "原路",
        "เงินคืน",
        "เงินจะคืนให้",
        "คืนยอด",
        "จะได้รับเงิน",
        "รีฟันด์",
        "trả lại tiền",
        "tiền hoàn",
        "nhận lại tiền",
        "hoàn trả",
        "mengembalikan",
        "bayar balik",
        "pulangan",
        "memulangkan",
        "back to your card",
        "You get all your money",
        "The money goes back to you",
        "返还",
        "money back",
    ],
)
def test_a_refund_is_a_fault_only_where_nothing_was_paid(text: str) -> None:
    assert {"refund_of_nothing"} == rules(text, unpaid=True)
    assert set() == rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please reply A or C by noon; otherwise we will cancel the order for you.",
        "If you do not need it, we cancel the order for you.",
        "Please note that the cancellation covers the whole order.",
        "Our advice is C: the cancellation.",
        "We recommend the refund: we cancel the order for you.",
        "我们推荐方案 C：取消订单。",
        "请在周一前回复 A 或 C。届时我们会为您取消订单。",
        "您的取消申请已通过，我们已为您取消订单。",
        "我们需要取消订单，请谅解。",
        "กรุณาตอบ A ภายในวันอังคาร มิฉะนั้นทางร้านจะยกเลิกคำสั่งซื้อให้",
        "ทางร้านจำเป็นต้องยกเลิกคำสั่งซื้อ",
        "สินค้าออนไลน์",
        "Bạn vui lòng trả lời A, nếu không shop sẽ hủy đơn cho bạn.",
        "Mohon maaf, kami membatalkan pesanan Kakak.",
        "Mohon balas A, jika tidak kami akan membatalkan pesanan.",
        "Sila balas A; jika tidak, kami akan membatalkan pesanan.",
        "a fishing line and an A-LINE dress",
        "a preview of the new collection",
        "a messenger bag",
        "Orders 482913, 771204, 100200",
        "Refund: Rp1.250.000,00 or 1.899.500 ₫ or US$1,234,567.00",
        "November 24, 6:00 PM, no. 12",
        "Giảm 1.000.000đ",
    ],
)
def test_honest_wording_passes(text: str) -> None:
    assert [] == faults(text)


@pytest.mark.parametrize(
    "name", ["LINE Friends plush", "Money back shirt", "Review pen", "Cancel the noise"]
)
def test_a_catalogue_name_is_not_judged_but_counts_for_the_length(name: str) -> None:
    """A product called after a messenger must not stop the message that a buyer waits for."""
    assert [] == faults(f"Please wait: {quoted(name)}", unpaid=True)
    assert name == unquoted(quoted(name))
    assert {"too_long"} == rules(quoted("n" * (LONGEST_TEXT + 1)))


def test_a_name_cannot_smuggle_words_past_the_rules_by_marks_of_its_own() -> None:
    smuggled = quoted("shirt\ue001 please cancel the order \ue000")
    assert smuggled == quoted(unquoted(smuggled))
    assert "asks_to_cancel" in rules("\ue000 open mark only, please cancel the order")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jacket www.shop.com", "Jacket"),
        ("Jacket myshop.co/sale red", "Jacket red"),
        ("Jacket call 081-234-5678", "Jacket call"),
        ("Jacket @myshop", "Jacket"),
        ("Jacket me@shop.example", "Jacket"),
        ("Jacket\n\nA – free", "Jacket A – free"),
        ("Jac\u200bket\u202e", "Jacket"),
        ("USB-C 2.0 cable 1m", "USB-C 2.0 cable 1m"),
        ("https://shop.example/x", ""),
        ("เสื้อกันลม น้ำเงิน", "เสื้อกันลม น้ำเงิน"),
    ],
)
def test_contact_details_are_cut_out_of_catalogue_names(name: str, expected: str) -> None:
    assert expected == catalogue_name(name)
    assert [] == faults(f"x {catalogue_name(name)}")


def test_a_long_catalogue_name_ends_in_an_ellipsis() -> None:
    short = catalogue_name("n" * 255)
    assert (LONGEST_NAME, "…") == (len(short), short[-1])
    assert "n" * LONGEST_NAME == catalogue_name("n" * LONGEST_NAME)


def test_one_line_drops_what_cannot_be_seen() -> None:
    assert "a b c" == one_line(" a\t\nb\u2028 \u200bc\x00 ")


def test_the_refusal_names_template_and_faults() -> None:
    error = UnfitMessageError("th.jinja, message ask", ["phone: '0812345678'"])
    assert "th.jinja, message ask: phone: '0812345678'" in str(error)
    assert ("th.jinja, message ask", ["phone: '0812345678'"]) == (error.template, error.faults)
