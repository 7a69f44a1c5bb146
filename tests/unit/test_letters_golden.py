"""A few letters word for word, so that a change of wording is a decision and not an accident."""

from pathlib import Path

import pytest

from activities.letters import LetterWriter
from domain.letters import LetterFacts, LetterKey
from tests.support.letter_facts import PROOFS, bare, letter

FOLDER = Path(__file__).parents[2] / "playbooks" / "letters"

SUPPLIER_ASK_EN = """\
Restock date needed by Monday, November 23, 2026: Windproof Jacket (Navy, M)
Hello Acme Factory,
we are out of the product below, and buyers are waiting for it. When will you have it again?

• Product: Windproof Jacket (Navy, M)
• Our SKU: JKT-NV-M
• Units needed: 1,250

Please answer by Monday, November 23, 2026, 6:00 PM (Pacific Standard Time), with the date on \
which the units leave you and with their number. If they come in several deliveries, please name \
each date and number. If there will be no more, please tell us that as well: a clear no helps our \
buyers more than silence.

Kind regards, Sunny Shop

Reference: incident:7495:1729:a"""

THANKS_VI = """\
Cảm ơn, chúng tôi đã ghi nhận: Windproof Jacket (Navy, M)
Kính gửi Acme Factory,
cảm ơn quý vị đã trả lời. Chúng tôi hiểu như sau:

• Sản phẩm: Windproof Jacket (Navy, M)
• SKU của shop: JKT-NV-M
• Tình trạng: có hàng ngày Chủ Nhật, 6/12/2026
• Số lượng: 3.400

Nếu có điều gì chưa đúng hoặc thay đổi về sau, vui lòng báo ngay: chúng tôi báo cho khách dựa \
trên thông tin này.

Trân trọng, Sunny Shop

Mã tham chiếu: incident:7495:1729:a"""

CARRIER_CHASE_ID = """\
Pengingat 2: masih belum dijemput, kapan Anda datang?
Yth. Acme Factory,
masih belum ada pemindaian dan belum ada jawaban atas pertanyaan kami tanggal Minggu, 22 November \
2026. Semua sudah dikemas dan siap. Ini pengingat ke-2.

• Paket 1153012345678901234, nomor resi TH0123456789
• Jadwal penjemputan: Senin, 23 November 2026, pukul 09.00 sampai 12.00 (Waktu Indonesia Barat)

Mohon jawab secara tertulis, dengan tanggal dan jam: kapan paket dijemput, dan mengapa belum \
dijemput. Mohon jawab paling lambat Selasa, 24 November 2026, pukul 09.00 (Waktu Indonesia Barat).

Hormat kami, Sunny Shop

Referensi: incident:7495:1729:a"""

HOST_ALERT_MS = """\
Hentikan jualan: Windproof Jacket
Sila berhenti menjual dan memaparkan produk ini dengan segera:

• Kedai: Sunny Shop
• Produk: Windproof Jacket
• Stok sedia ada: 0
• Pesanan yang tidak dapat dipenuhi: 2,100
• Yang memutuskan seterusnya: Warehouse lead

Sila jangan janjikan bilangan atau tarikh lagi sehingga ada keputusan."""

CARRIER_ASK_TH = """\
ยังไม่เข้ารับพัสดุ: จะเข้ารับเมื่อใด
เรียน ผู้เกี่ยวข้อง
เลยกำหนดเข้ารับแล้วและยังไม่มีการสแกน พัสดุทั้งหมดแพ็กเสร็จพร้อมส่งแล้ว

• พัสดุ 1153012345678901234

กรุณาตอบเป็นลายลักษณ์อักษรพร้อมวันที่และเวลาว่าจะเข้ารับเมื่อใด และเหตุใดจึงยังไม่เข้ารับ \
กรุณาตอบภายในวันอังคารที่ 24 พฤศจิกายน ค.ศ. 2026 เวลา 09:00 น. (เวลาอินโดจีน)

ขอแสดงความนับถือ Sunny Shop"""

STAFF_ZH = """\
请于2026年11月23日星期一 18:00 前取证：订单尾号 482913, 771204
Acme Factory，您好：
请趁现在还来得及，收集以下证据（时间均为北美太平洋标准时间）：

• 包裹已打包待揽收的照片或视频，画面中可见时间 – 2026年11月23日星期一 18:00 前：\
证明我们按时备好货
• 写明时间和包裹数量并已签字的揽收清单 – 2026年11月23日星期一 18:00 前：\
证明包裹何时交接（有帮助，非必需）

涉及：
• 包裹 1153012345678901234，运单号 TH0123456789
• 预约时段：2026年11月22日星期日 18:00 至 21:00（北美太平洋标准时间）
• 订单尾号：482913, 771204

为什么重要：没有当天的证据，平台会把延误算作我们的责任，申诉也很难成功。
请保留未经修改的原始文件。画面中要能看到时间和订单号或包裹号，并尽量避开买家的姓名和地址。

编号：incident:7495:1729:a"""


@pytest.fixture(scope="module")
def writer() -> LetterWriter:
    return LetterWriter(FOLDER)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (letter(LetterKey.SUPPLIER_ASK), SUPPLIER_ASK_EN),
        (letter(LetterKey.SUPPLIER_THANKS, "vi"), THANKS_VI),
        (letter(LetterKey.CARRIER_CHASE, "id"), CARRIER_CHASE_ID),
        (bare(LetterKey.HOST_ALERT, "ms"), HOST_ALERT_MS),
        (bare(LetterKey.CARRIER_ASK, "th"), CARRIER_ASK_TH),
        (letter(LetterKey.STAFF_EVIDENCE, "zh-CN", proofs=PROOFS[1:]), STAFF_ZH),
    ],
    ids=["supplier_ask", "supplier_thanks", "carrier_chase", "host_alert", "carrier_ask", "staff"],
)
def test_letters_word_for_word(writer: LetterWriter, facts: LetterFacts, expected: str) -> None:
    written = writer.write(facts)
    assert expected == f"{written.title}\n{written.text}"
