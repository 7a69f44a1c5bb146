"""Rules and moves in Simplified Chinese: sentences that the rules of the house build from parts.

What no pattern fits is shown as it was written.
"""

import re
from collections.abc import Callable

Term = Callable[[str], str]
"""Says a word of the wire in Chinese."""

_UNITS = {"w": "周", "d": "天", "h": "小时", "m": "分钟", "s": "秒"}
_TIME = r"((?:\d+[wdhms])+)"
_AT = r"(\d{4}-\d\d-\d\d \d\d:\d\d)Z?"
_SINCE = {
    "contact": "联系买家",
    "notice": "通知买家",
    "detection": "发现",
    "opening": "立案",
    "ready": "包裹备妥",
    "payment": "付款",
    "the order": "下单",
    "the enforcement": "处罚",
    "the rejection": "驳回",
    "collection": "揽收",
    "confirmed": "已证实",
    "single source": "单一来源",
    "unknown": "未证实",
}

_PATTERNS = {
    r"(\w+) as the order shows it": "订单显示的 {0}",
    r"(\d+) working days from (payment|the order) \((\w+) rule\), as the order shows no (\w+)": (
        "{1}后 {0} 个工作日（{2} 规则；订单未显示 {3}）"
    ),
    rf"(\w+) less a margin of {_TIME} \(the smaller of 4h and an eighth of the time left\)": (
        "“{0}”提前 {1}（4 小时与剩余时间的八分之一，取小者）"
    ),
    rf"(detection|opening) \+ {_TIME}: the earlier of {_TIME} and (\d+%) of the {_TIME} left "
    r"to (\w+)": "{0}后 {1}：{2} 与距“{5}”剩余 {4} 的 {3}，取早者",
    rf"detection \+ {_TIME}: half-way to contact_by": "发现后 {0}：距联系期限的一半",
    rf"(contact|notice) \+ {_TIME}, not after (\w+)": "{0}后 {1}，不晚于“{2}”",
    rf"(\w+), which comes before (contact|notice) \+ {_TIME}": "“{0}”，早于{1}后 {2}",
    rf"detection \+ {_TIME} \(playbook; the market's rule is not known\)": (
        "发现后 {0}（预案规定；市场规则未知）"
    ),
    r"(ready|detection) \+ (\d+d) \((\w+) rule\)": "{0}后 {1}（{2} 规则）",
    rf"collection \+ {_TIME}": "揽收后 {0}",
    r"the end that the ticket in Seller Center shows": "卖家中心工单显示的截止时间",
    r"(the enforcement|the rejection) \+ (\d+d) \((\w+) rule, ([\w ]+)\)": (
        "{0}后 {1}（{2} 规则，{3}）"
    ),
    rf"(\w+) less {_TIME} \(the smaller of {_TIME} and a quarter of the time left\)": (
        "“{0}”提前 {1}（{2} 与剩余时间的四分之一，取小者）"
    ),
    rf"(\w+) {_AT}": "{0}：{1}",
    rf"(\w+) was {_AT}": "{0}：原为 {1}",
    rf"(\w+): {_AT} -> {_AT}": "{0}：{1} → {2}",
    r"(\w+) -> (\w+)": "{0} → {1}",
    rf"the window ended at {_AT}(?: UTC)?": "窗口期已于 {0} 结束",
    r"this round repeats the last one; add an exhibit or argue anew": (
        "本轮与上一轮相同；请补充证据或新的理由"
    ),
    r"everything needed is proven": "所需证据已齐备",
    r"proofs are missing, and until when they can wait is unknown": ("证据不齐，且不知可等到何时"),
    rf"proofs are missing; it goes in as it is at {_AT}(?: UTC)?": (
        "证据不齐；将于 {0} 按现状提交"
    ),
    rf"the last safe moment has come; (\w+) less {_TIME} \(.+\)": (
        "最后安全时刻已到（“{0}”提前 {1}）"
    ),
    r"silence is no consent": "沉默不等于同意",
    r"a later date needs a new express yes before promise_by": (
        "更晚的日期须在可承诺的最晚时间之前得到买家重新明确同意"
    ),
}
_COMPILED = tuple((re.compile(pattern), said) for pattern, said in _PATTERNS.items())
_MOVED = re.compile(r"(\w+) -> (\w+): (.+)")
_DURATION = re.compile(_TIME)
_REASONS = {
    "the order can still be settled with the buyer": "订单仍可与买家协商解决",
    "the shop does not know the order": "店铺查无此订单",
    "a closed case is on file for the order": "该订单已有结案记录",
    "the buyer was told and asked": "已告知并询问买家",
    "the buyer was told; no time to choose": "已告知买家，已无选择时间",
    "the buyer was told that nothing comes": "已告知买家不再到货",
    "the contact deadline passed in silence": "联系期限已过，未能联系",
    "the buyer decided unasked": "买家主动作出选择",
    "one ask covers every short product": "一次询问涵盖所有缺货商品",
    "the buyer waits for the date": "买家愿意等待",
    "the buyer takes the substitute": "买家接受换货",
    "the buyer wants the money back": "买家要求退款",
    "the choice deadline passed in silence": "选择期限已过，买家未回复",
    "nobody agreed to the later date": "无人同意更晚的日期",
    "law and playbook let it": "法规与预案允许",
    "no date is left that can be kept": "已无可兑现的日期",
    "a further product needs one more ask": "又有商品缺货，需再次询问",
    "the order was dispatched by the date": "订单已在承诺日期前发货",
    "the later date needs a new yes": "更晚的日期须重新同意",
    "the buyer changed their mind": "买家改变主意",
    "the new order stands, the old ends": "新订单成立，旧订单结束",
    "no new order came by the deadline": "期限内没有新订单",
    "the cancellation is complete": "取消已完成",
    "nothing was cancelled yet": "尚未取消",
    "the buyer agrees with the refund": "买家同意退款",
    "a person decided": "人工决定",
    "the parcel is on its way, nothing is left to settle": "包裹已在途，无需处理",
    "the order was cancelled by someone else": "订单已由他人取消",
    "a person withdrew the case": "人工撤销个案",
    "a person closed the case": "人工结案",
    "a step waits for a person": "有步骤等待人工",
    "the parcel waits for its carrier": "包裹等待揽收",
    "the carrier had the parcel already": "承运商已揽收",
    "the shop does not know the package": "店铺查无此包裹",
    "a closed case is on file for the package": "该包裹已有结案记录",
    "every order in it was cancelled": "包裹内订单均已取消",
    "the carrier has the parcel": "承运商已揽收",
    "a penalty is appealed against": "对处罚提出申诉",
    "no penalty came in the time of watching": "观察期内没有处罚",
    "every appeal of the parcel has ended": "包裹的申诉均已结束",
    "what can be stopped is stopped": "能停的都已停",
    "an incident of the SKU is open or on file": "该 SKU 已有事件",
    "the units on the shelf are shared out": "在库商品已分配",
    "every short order has its case": "缺货订单均已立案",
    "further orders are short": "又有订单缺货",
    "units are there for who waits": "有货可分给等待者",
    "every case of it has ended": "相关个案均已结束",
    "whoever got units knows it": "已告知分到货的订单",
    "stock and ads are as they should be": "库存与广告已恢复",
    "a person withdrew it": "人工撤销",
    "a step waits for a person, in this state": "有步骤等待人工",
    "its opening waits for a person": "立案步骤等待人工",
    "packet or gateway waits for a person": "材料包或网关等待人工",
    "a person withdrew the appeal": "人工撤销申诉",
    "a person closed the appeal": "人工结束申诉",
    "complete, or the last safe moment has come": "证据齐备，或已到最后安全时刻",
    "an appeal against the ticket is on file": "该工单已有申诉记录",
    "what is argued now is not proven yet": "现主张的原因尚未证实",
    "the second round lacks something again": "第二轮又缺少证据",
    "it was handed in": "已提交",
    "the platform agreed": "平台同意",
    "the platform did not agree": "平台不同意",
    "another round is allowed": "可再提交一轮",
    "no further round is allowed, or wanted": "不能或不再提交",
    "it adds or argues something new": "有新的证据或理由",
    "the window passed unused": "窗口期已过，未提交",
}
"""Why a case moved, as its table of moves says it."""
MOVES = {
    "ready": "可以处理",
    "order_unknown": "订单不存在",
    "duplicate": "重复",
    "contacted": "已联系",
    "no_time_to_ask": "来不及询问",
    "not_contacted": "未能联系",
    "wait_chosen": "选择等待",
    "swap_chosen": "选择换货",
    "refund_chosen": "选择退款",
    "no_reply": "未回复",
    "no_consent": "未同意",
    "silence_agreed": "默示同意",
    "nothing_comes": "不再到货",
    "sku_joined": "新的缺货商品",
    "kept": "已兑现",
    "slipped": "延误",
    "no_date_left": "无可兑现日期",
    "replacement_found": "换货订单已下",
    "swap_lapsed": "换货逾期",
    "refunded": "已退款",
    "scanned": "已揽收",
    "penalised": "受到处罚",
    "watch_ended": "观察期结束",
    "appeals_ended": "申诉结束",
    "ready_to_file": "可提交",
    "incomplete": "证据不齐",
    "incomplete_again": "证据又不齐",
    "filed": "已提交",
    "accepted": "申诉通过",
    "rejected": "被驳回",
    "appeals_again": "再次申诉",
    "no_round_left": "不再申诉",
    "window_ended": "窗口期已过",
    "stopped": "已停售",
    "allocated": "已分配",
    "cases_opened": "个案已开立",
    "more_short": "更多订单缺货",
    "units_came": "到货",
    "handed_out": "已分发",
    "nobody_waits": "无人等待",
    "resumed": "已恢复",
    "shipped_outside": "已另行发货",
    "cancelled_outside": "已另行取消",
    "withdrawn": "撤销",
    "person_refunds": "人工退款",
    "person_waits": "人工决定等待",
    "person_closes": "人工结案",
    "step_parked": "步骤暂停",
    "step_resumed": "步骤恢复",
}
"""What moved it, by the wire's word."""


def in_chinese(sentence: str, term: Term) -> str:
    """Return a sentence of the rules in Chinese, or as it is where it is none that is known.

    Args:
        sentence: The rule of a deadline or of an event, or what an event says.
        term: Says the words of closed sets that stand in it.
    """
    if sentence in MOVES:
        return MOVES[sentence]
    if moved := _MOVED.fullmatch(sentence):
        before, after, why = moved.groups()
        return f"{term(before)} → {term(after)}：{_REASONS.get(why, why)}"
    for pattern, said in _COMPILED:
        if found := pattern.fullmatch(sentence):
            return said.format(*(_part(part, term) for part in found.groups()))
    return sentence


def _part(part: str, term: Term) -> str:
    if part in _SINCE:
        return _SINCE[part]
    if _DURATION.fullmatch(part):
        return re.sub(r"[wdhms]", lambda unit: _UNITS[unit[0]], part)
    return term(part) if part.islower() and not part.endswith("_time") else part
