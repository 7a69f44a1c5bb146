"""What the workflows need from outside; activities/ implements it.

Every command is one frozen object; fields are added with defaults and never renamed. One module
per outside party.
"""

from workflows.ports.desk import (
    CallPeople,
    DeskPort,
    PinCase,
    Pinned,
    ReadReply,
    ReplyRead,
    WriteMessage,
)
from workflows.ports.facts import (
    CaseRef,
    EffectKey,
    OrderRef,
)
from workflows.ports.records import (
    AskAnswered,
    ClosedCaseFound,
    FileCase,
    RecordsPort,
    RefundReserved,
    ReserveRefund,
    SettleContact,
    SettleRefund,
    WantContact,
)
from workflows.ports.shop import (
    CancelOrder,
    CheckOffers,
    ConversationOpened,
    CouponSent,
    FindReplacement,
    MessageSent,
    OffersChecked,
    OpenConversation,
    OrderCancelled,
    OrderLook,
    ReadConversation,
    ReplacementFound,
    SendCoupon,
    SendMessage,
    ShopPort,
)

__all__ = [
    "AskAnswered",
    "CallPeople",
    "CancelOrder",
    "CaseRef",
    "CheckOffers",
    "ClosedCaseFound",
    "ConversationOpened",
    "CouponSent",
    "DeskPort",
    "EffectKey",
    "FileCase",
    "FindReplacement",
    "MessageSent",
    "OffersChecked",
    "OpenConversation",
    "OrderCancelled",
    "OrderLook",
    "OrderRef",
    "PinCase",
    "Pinned",
    "ReadConversation",
    "ReadReply",
    "RecordsPort",
    "RefundReserved",
    "ReplacementFound",
    "ReplyRead",
    "ReserveRefund",
    "SendCoupon",
    "SendMessage",
    "SettleContact",
    "SettleRefund",
    "ShopPort",
    "WantContact",
    "WriteMessage",
]
