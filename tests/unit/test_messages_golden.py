"""A few texts word for word, so that a change of wording is a decision and not an accident."""

from pathlib import Path
from typing import Any

import pytest

from activities.messages import MessageWriter
from domain.messages import MessageKey, RefundReason
from tests.support.message_facts import facts, offers

FOLDER = Path(__file__).parents[2] / "playbooks" / "messages"

ASK_EN = """\
Hello! This is about your order ending in 482913:
• Windproof Jacket (Navy, M) × 2
We are very sorry: we do not have enough stock of this product and cannot ship on time.
Please choose what suits you best:
A – Wait: we ship by Friday, November 27 and add a gift as a thank-you: gift-socks.
B – Swap: Fleece Vest instead, of equal or higher value. You place a new order for it \
(the coupon “coupon-swap” evens out the price), and then we cancel the old order for you \
and refund it in full.
C – Full refund: we cancel the order for you and refund it in full.
With C you also get a coupon for your next order: coupon-five.
Please reply A, B, or C by Monday, November 23, 6:00 PM Pacific Standard Time. If we have no \
answer from you by then, we will cancel the order for you and refund it in full."""

ASK_ZH_UNPAID = """\
您好！关于您尾号为 482913 的订单：
• Windproof Jacket (Navy, M) × 2
非常抱歉，这件商品库存不足，我们无法按时发货。
C – 取消订单：我们为您取消订单，您无需为此支付任何费用。
您所在地区的订单只能整单取消，因此选择 C 时，订单内的其他商品也会一并取消。
回复 C，我们会立即办理。若在11月23日星期一 18:00（北美太平洋标准时间）前未收到您的回复，\
我们会为您取消订单，您无需为此支付任何费用。"""

REFUNDED_EN_PART = """\
Hello! This is about your order ending in 482913:
• Windproof Jacket (Navy, M) × 2
We had no answer from you in the time we named, and we still cannot ship on time. We are sorry.
We have cancelled this product for you and are refunding it in full: $18,995.00. The money goes \
back the way you paid.
The rest of your order ships as planned.
As an apology you get a coupon for your next order: coupon-five.
Thank you for your understanding."""

SWAP_ZH = """\
您好！关于您尾号为 482913 的订单：
• Windproof Jacket (Navy, M) × 2
谢谢您！请在11月23日星期一 18:00（北美太平洋标准时间）前为 Fleece Vest 另下一单。
优惠券“coupon-five”用于补平差价。
一看到新订单，我们就会主动为您取消原订单并全额退款，您无需其他操作。
届时若没有新订单，我们会为您取消订单并全额退款。"""

NEGOTIATE_AGAIN_EN = """\
Hello! This is about your order ending in 482913:
• Windproof Jacket (Navy, M) × 2
We have improved our offer in case you wait. This is new in it:
• a gift in your parcel: gift-socks
This is our last and best offer:
A – Wait: we ship by Friday, November 27 and add a gift as a thank-you: gift-socks.
C – Full refund: we cancel the order for you and refund it in full.
With C you also get a coupon for your next order: coupon-five.
Please reply A or C by Monday, November 23, 6:00 PM Pacific Standard Time. If we have no answer \
from you by then, we will cancel the order for you and refund it in full."""

RECOMMEND_ZH = """\
您好！关于您尾号为 482913 的订单：
• Windproof Jacket (Navy, M) × 2
非常抱歉，这件商品缺货，预计最早12月16日星期三才能补货。
我们不愿让您等这么久。
我们推荐方案 C：全额退款。
C – 全额退款：我们为您取消订单并全额退款。
选择 C 还可获得下次购物可用的优惠券：coupon-five。
回复 C，我们会立即办理。若在11月23日星期一 18:00（北美太平洋标准时间）前未收到您的回复，\
我们会为您取消订单并全额退款。"""

UNAVAILABLE_MS_UNPAID = """\
Hai! Mesej ini berkenaan pesanan anda yang berakhir dengan 482913:
• Windproof Jacket (Navy, M) × 2
Kami sangat-sangat minta maaf: produk ini tidak akan ada stok lagi.
Oleh itu kami sendiri akan membatalkan pesanan untuk anda; tiada apa-apa yang perlu dibayar. \
Anda tidak perlu melakukan apa-apa.
Untuk menebus kesulitan ini, kami sediakan untuk anda:
• kupon untuk pembelian seterusnya: later-ten; kad kupon kami hantar dalam sembang ini
• potongan RM73.00 untuk pesanan akan datang di kedai kami; telah kami catat, beritahu kami di \
sini sebelum memesan
• hadiah bersama pesanan akan datang: later-mug
Terima kasih atas kesabaran anda."""

TURNED_ID = """\
Halo Kak! Ini tentang pesanan Kakak dengan 6 digit terakhir 482913:
• Windproof Jacket (Navy, M) × 2
Ada kabar kurang baik, dan kami mohon maaf sebesar-besarnya: stok baru produk ini yang kami \
tunggu tidak jadi datang, jadi kami tidak dapat mengirim paling lambat Rabu, 25 November.
Menunggu sudah tidak mungkin lagi. Sekarang yang kami tawarkan:
C – Pengembalian dana penuh: kami akan membatalkan pesanan untuk Kakak dan mengembalikan dana \
sepenuhnya.
Balas C dan kami akan langsung memprosesnya. Jika belum ada jawaban sampai Selasa, 24 November, \
pukul 09.00 Waktu Indonesia Barat, kami akan membatalkan pesanan untuk Kakak dan mengembalikan \
dana sepenuhnya."""

PICKUP_DELAYED_VI = """\
Shop chào bạn! Tin nhắn này về các đơn hàng đi chung một kiện, có 6 số cuối 482913, 771204:
• Windproof Jacket (Navy, M) × 2
Kiện hàng của bạn đã đóng gói xong và sẵn sàng, nhưng đơn vị vận chuyển chưa đến lấy theo lịch \
hẹn (09:00 đến 12:00 Thứ Ba, 24/11). Shop xin lỗi vì sự chậm trễ này.
Shop đang liên hệ và hối thúc đơn vị vận chuyển đến lấy hàng.
Bạn không cần làm gì. Khi kiện hàng lên đường, shop sẽ báo bạn tại đây.
Cảm ơn bạn đã thông cảm."""

PICKUP_COLLECTED_TH = """\
สวัสดีค่ะ เรื่องคำสั่งซื้อของคุณลูกค้าที่ลงท้ายด้วย 482913:
• Windproof Jacket (Navy, M) × 2
ข่าวดีค่ะ ขนส่งเข้ารับพัสดุของคุณลูกค้าแล้ว และพัสดุกำลังเดินทางไปหาคุณลูกค้า
ขอบคุณที่เข้าใจนะคะ"""


@pytest.fixture(scope="module")
def writer() -> MessageWriter:
    return MessageWriter(FOLDER)


def test_the_first_ask_in_english(writer: MessageWriter) -> None:
    assert ASK_EN == writer.write(facts(MessageKey.ASK)).text


def test_an_unpaid_order_with_cancellation_alone_in_chinese(writer: MessageWriter) -> None:
    alone = facts(
        MessageKey.ASK,
        "zh-CN",
        offers=offers("C", extras=False),
        unpaid=True,
        rest_of_order_ends_too=True,
    )
    assert ASK_ZH_UNPAID == writer.write(alone).text


def test_a_part_refunded_without_a_reply_in_english(writer: MessageWriter) -> None:
    part = facts(
        MessageKey.REFUNDED, whole_order=False, reason=RefundReason.NO_REPLY, compensation=None
    )
    assert REFUNDED_EN_PART == writer.write(part).text


def test_an_agreed_swap_in_chinese(writer: MessageWriter) -> None:
    assert SWAP_ZH == writer.write(facts(MessageKey.SWAP_AGREED, "zh-CN")).text


@pytest.mark.parametrize(
    ("key", "tag", "changes", "expected"),
    [
        (MessageKey.NEGOTIATE_AGAIN, "en", {"offers": offers("AC")}, NEGOTIATE_AGAIN_EN),
        (MessageKey.RECOMMEND_REFUND, "zh-CN", {"offers": offers("C")}, RECOMMEND_ZH),
        (
            MessageKey.UNAVAILABLE,
            "ms",
            {"unpaid": True, "coupon_title": ""},
            UNAVAILABLE_MS_UNPAID,
        ),
        (MessageKey.TURNED_UNAVAILABLE, "id", {"offers": offers("C", extras=False)}, TURNED_ID),
        (MessageKey.PICKUP_DELAYED, "vi", {}, PICKUP_DELAYED_VI),
        (
            MessageKey.PICKUP_COLLECTED,
            "th",
            {"other_order_digits": ("482913",)},
            PICKUP_COLLECTED_TH,
        ),
    ],
)
def test_news_of_late_stock_and_late_pickups(
    writer: MessageWriter, key: MessageKey, tag: str, changes: dict[str, Any], expected: str
) -> None:
    assert expected == writer.write(facts(key, tag, **changes)).text
