"""Simplified Chinese for tasks of late pickups, appeals and incidents.

A task's own English words stay below its hint: they name orders, dates and what went wrong.
"""

_PICKUP_TASKS = {
    "task:evidence": "请提供证据文件。",
    "task:carrier": "请联系承运商询问揽收（话术已备好），然后确认。",
    "task:rebook": "请与承运商另约揽收时间，然后确认。",
    "task:help_center": "请在卖家中心向平台客服中心报备包裹未揽收（话术已备好），然后确认。",
    "task:buyer": "买家就包裹内的订单来信，请在聊天中答复。",
    "task:contact_missed": "应告知买家揽收延迟，期限已过：请告知并登记。",
    "task:tell": "请告知买家（话术已备好），然后登记。",
    "task:package": "平台取消了包裹但未取消订单，请查明如何继续。",
}

_APPEAL_TASKS = {
    "task:scenario": "请选择申诉主张的原因。",
    "task:window": "请从卖家中心的工单读取申诉截止时间并登记。",
    "task:orders": "工单没有对应的个案，请从工单读取订单号并登记。",
    "task:argument": "第二轮申诉须有新内容：请补充证据，或登记新的理由。",
    "task:file": "请在卖家中心提交申诉（文本与材料包已备好），然后登记编号和截图。",
    "task:decision": "请登记平台的裁定。",
    "task:next_round": "申诉被驳回，请决定是否提交下一轮。",
    "task:appeal": "申诉期限将近，请尽快处理。",
}

_INCIDENT_TASKS = {
    "task:shortfall": "有订单失去了已分配的货：请确认尚未打包。",
    "task:count": "请核对在库件数。",
    "task:closed_cases": "有订单的个案此前已结案，请人工决定如何处理。",
    "task:unclear_orders": "有订单无法判断，请人工查看。",
    "task:stop_stock": "未能把可售库存清零，请在卖家中心处理。",
    "task:pause_ads": "未能暂停广告，请在广告后台处理。",
    "task:resume_stock": "未能恢复可售库存，请在卖家中心处理。",
    "task:resume_ads": "未能恢复广告，请在广告后台处理。",
}

_OTHERWISE = {
    "An appeal would have to go in without it.": "申诉将缺少这项证据。",
    "An appeal would lack what the platform showed on the day.": "申诉将缺少当日平台显示的内容。",
    "An appeal would lack the follow-ups with the carrier.": "申诉将缺少与承运商的跟进记录。",
    "The parcel waits for the carrier to come by itself.": "包裹将等待承运商自行前来。",
    "The buyer hears of the delay from the platform alone; the breach is recorded.": (
        "买家只能从平台得知延迟；违约将记录在案。"
    ),
    "The breach stays on record; nothing is refunded for it.": "违约记录在案，但不会因此退款。",
    "The notice is left out.": "不再发送该通知。",
    "A person tells the buyer.": "由人工告知买家。",
    "The platform cancels the orders at its own deadline.": "平台将在其期限到达时取消订单。",
    "The case goes on; the platform counts unanswered chats.": (
        "个案照常进行；平台会统计未回复的聊天。"
    ),
    "The case keeps looking at the package.": "系统将继续查看包裹。",
    "The cancellation goes through.": "取消将照常完成。",
    "The offers wait for coupon and substitute.": "方案将等待优惠券与替代商品的核实。",
    "At the last safe moment the cause that is proven best is argued.": (
        "到最后安全时刻，将以证据最充分的原因申诉。"
    ),
    "A second appeal that repeats the first is not handed in.": (
        "与第一轮相同的第二轮申诉不会提交。"
    ),
    "What nobody records cannot be counted on; the appeal may go in too late.": (
        "未登记的内容无法作数；申诉可能提交过晚。"
    ),
    "Without an order the appeal cannot be written.": "没有订单就无法撰写申诉。",
    "The appeal waits, and a second window may pass.": "申诉将等待，第二轮窗口可能错过。",
    "The appeal waits; a second one has to be filed soon after a rejection.": (
        "申诉将等待；被驳回后须尽快提交第二轮。"
    ),
    "A person files without the packet.": "将由人工在没有材料包的情况下提交。",
    "The window passes unused, and the penalty stands.": "窗口期将白白错过，处罚维持。",
    "Their cases tell the buyers that the units are not there.": "相关个案将告知买家缺货。",
    "Nobody knows yet whose units are missing, and no buyer is told.": (
        "尚不知道哪些订单缺货，也未告知任何买家。"
    ),
    "They get no units of this incident.": "它们不会从本事件分到货。",
    "Buyers are told that no date is known.": "买家将被告知暂无到货日期。",
    "Orders that came or were cancelled meanwhile are not noticed.": (
        "期间新增或取消的订单不会被发现。"
    ),
    "Units of cases that ended are not handed on.": "已结个案的货不会转给其他订单。",
    "The incident goes on with what it knows.": "事件将按现有信息继续。",
    "The buyers of short orders are not told.": "缺货订单的买家不会被告知。",
    "The incident stays open, and what it changed stays as it is.": (
        "事件保持开启，已作的更改维持不变。"
    ),
    "The ads go on and cost money for what cannot be sent.": "广告将继续为无法发货的商品花钱。",
    "The SKU stays on sale, and every further order is short too.": (
        "该 SKU 继续销售，之后的订单也将缺货。"
    ),
    "Cases wait for units or for a date without knowing the newest.": (
        "个案将在不知最新情况下等待到货或日期。"
    ),
}

CHINESE_TASKS = {**_PICKUP_TASKS, **_APPEAL_TASKS, **_INCIDENT_TASKS, **_OTHERWISE}
"""Everything, by its key."""
