"""What differs by market on the platform's side: currency, reasons, clocks, who may cancel."""

from dataclasses import dataclass

_DAY = 86_400
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
_WRONG_PRICE = "seller_cancel_reason_wrong_price"
_NO_ADDRESS = "seller_cancel_paid_reason_address_not_deliver"
_BUYER_ASKED = "seller_cancel_paid_reason_buyer_requested_cancellation"
UNPAID_REASONS = (
    "seller_cancel_unpaid_reason_out_of_stock",
    "seller_cancel_unpaid_reason_wrong_price",
    "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed",
)
REJECT_REASONS = {
    "seller_reject_apply_product_has_been_packed": "The product has been packed",
    "order_manage_list_action_respond_popup_reject_reason_invalid_cancellation_reason": (
        "The cancellation reason does not apply"
    ),
    "order_manage_list_action_respond_popup_reject_reason_delivered": "Already delivered",
    "order_manage_list_action_respond_popup_reject_reason_buyer_agree": "Agreed with the buyer",
}
SYSTEM_TIMEOUT = "system_cancel_order_reason_shipping_timeout"
_UK = frozenset({"GB", "UK"})
_CURRENCIES = {
    "US": "USD",
    "GB": "GBP",
    "UK": "GBP",
    "TH": "THB",
    "VN": "VND",
    "ID": "IDR",
    "MY": "MYR",
    "PH": "PHP",
    "SG": "SGD",
    "MX": "MXN",
    "BR": "BRL",
    "JP": "JPY",
}


@dataclass(frozen=True)
class Market:
    """One region as the platform treats it.

    Source:
        TikTok Shop API, cancel reasons and order overview (docs, 2026); seller policy pages of
        the US and Thailand (2025, 2026).
    """

    region: str

    @property
    def currency(self) -> str:
        """Return the ISO 4217 code of prices."""
        return _CURRENCIES.get(self.region, "EUR")

    @property
    def allows_partial_cancel(self) -> bool:
        """Tell whether single items may be cancelled."""
        return self.region == "US" or self.region in _UK

    @property
    def seller_may_cancel(self) -> frozenset[str]:
        """Return the paid states in which the seller may cancel."""
        states = {"ON_HOLD", "AWAITING_SHIPMENT"}
        return frozenset(states | {"AWAITING_COLLECTION"} if self.region == "US" else states)

    @property
    def package_before_shipping(self) -> bool:
        """Tell whether a paid order has a package id before it is shipped."""
        return self.region != "US"

    @property
    def paid_reasons(self) -> tuple[str, ...]:
        """Return the reasons for cancelling a paid order."""
        reasons = [OUT_OF_STOCK, _WRONG_PRICE]
        if self.region not in {"ID", "VN", "TH", "SG", "PH"}:
            reasons.append(_NO_ADDRESS)
        if self.region in {"US", "PH", "MX", "BR"}:
            reasons.append(_BUYER_ASKED)
        return (
            tuple(f"{reason}_uk" for reason in reasons) if self.region in _UK else tuple(reasons)
        )

    @property
    def out_of_stock(self) -> str:
        """Return this market's name of the reason "out of stock"."""
        return self.paid_reasons[0]

    @property
    def system_timeout(self) -> str:
        """Return the reason the platform gives when a clock runs out."""
        return f"{SYSTEM_TIMEOUT}_uk" if self.region in _UK else SYSTEM_TIMEOUT

    @property
    def answer_seconds(self) -> int:
        """Return how long a seller may take to answer a buyer's cancellation request."""
        return _DAY if self.region == "TH" else 2 * _DAY

    @property
    def unanswered_completes(self) -> bool:
        """Tell whether an unanswered request cancels the order by itself."""
        return self.region == "TH"

    def clocks(
        self, paid_at: int, order_type: str = "NORMAL", handling: dict[str, str] | None = None
    ) -> dict[str, int]:
        """Return the platform's deadlines of an order.

        Args:
            paid_at: Unix seconds.
            order_type: NORMAL, PRE_ORDER, BACK_ORDER or MADE_TO_ORDER.
            handling: The seller's handling time of the last three, `{"days", "type"}`.
        """
        if order_type in HANDLING:
            ready = paid_at + handling_seconds(handling or HANDLING[order_type])
            days = self._later_days(order_type)
        else:
            ready, days = paid_at, self._days
        return {name: ready + n * _DAY for name, n in (days | {"delivery_due_time": 40}).items()}

    @property
    def _days(self) -> dict[str, int]:
        us = {"rts_sla_time": 3, "tts_sla_time": 4, "shipping_due_time": 10}
        asia = {"rts_sla_time": 1, "tts_sla_time": 2, "shipping_due_time": 3}
        return (
            us | {"collection_due_time": 12}
            if self.region == "US"
            else (asia | {"collection_due_time": 4})
        )

    def _later_days(self, order_type: str) -> dict[str, int]:
        """Return days after the handling time; business days are rounded up to calendar days.

        Source:
            US: back-orders and made-to-order are cancelled 4, pre-orders 5 business days after
            the dispatch deadline, which is one business day after the handling time. Thailand:
            pre-orders are cancelled the seller's days + 2 calendar days after payment.
        """
        if self.region != "US":
            return {
                "rts_sla_time": 1,
                "tts_sla_time": 2,
                "shipping_due_time": 2,
                "collection_due_time": 3,
            }
        last = 8 if order_type == "PRE_ORDER" else 7
        return {
            "rts_sla_time": 1,
            "tts_sla_time": 2,
            "shipping_due_time": last,
            "collection_due_time": last + 2,
        }


HANDLING = {
    "PRE_ORDER": {"days": "14", "type": "CALENDAR_DAY"},
    "BACK_ORDER": {"days": "10", "type": "BUSINESS_DAY"},
    "MADE_TO_ORDER": {"days": "7", "type": "BUSINESS_DAY"},
}
"""Handling times where an order says none; sellers may choose 3 to 60, 15 and 14 days."""


def handling_seconds(handling: dict[str, str]) -> int:
    """Return a handling time in seconds; business days are stretched to calendar days."""
    days = int(handling["days"])
    # Five business days are a week.
    return _DAY * (-(-days * 7 // 5) if handling["type"] == "BUSINESS_DAY" else days)


ALL_PAID_REASONS = frozenset({OUT_OF_STOCK, _WRONG_PRICE, _NO_ADDRESS, _BUYER_ASKED})
