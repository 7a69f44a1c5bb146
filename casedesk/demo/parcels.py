"""The three late pickups of the demo, and what becomes of each."""

from dataclasses import dataclass
from datetime import timedelta

from casedesk.demo.shops import TH, US, DemoShop
from domain.requirements import RequirementKind
from workflows import names

_HOUR = timedelta(hours=1)
READY_AGO = 26 * _HOUR
"""How long before discovery the parcels were ready."""
SLOT_AGO, SLOT_LASTS = 20 * _HOUR, 4 * _HOUR
"""When the pickups were booked that nobody came to."""
SCANNED_IN = 8 * _HOUR
"""When the carrier comes after all: a day after the booked pickup ended."""
CANCELS_IN = 40 * _HOUR
"""When the platform would cancel a parcel that nobody has collected."""
PENALISED_IN = 23 * _HOUR
"""When Seller Center shows the penalties."""


@dataclass(frozen=True)
class Answer:
    """What the platform decides about one round of an appeal."""

    after: timedelta
    accepted: bool
    reason: str


@dataclass(frozen=True)
class DemoParcel:
    """One parcel that its carrier did not collect."""

    shop: DemoShop
    package_id: str
    orders: int = 1
    ticket_id: str = ""
    """Of its penalty; empty if there is none."""
    answers: tuple[Answer, ...] = ()
    """One per round of the appeal."""
    shown_later: RequirementKind | None = None
    """What a second round adds."""

    @property
    def case_id(self) -> str:
        """Id of its case."""
        return names.pickup_case_id(self.shop.shop_id, self.package_id)

    @property
    def appeal_id(self) -> str:
        """Id of the appeal against its penalty."""
        return names.appeal_id(self.shop.shop_id, self.ticket_id)


FORGIVEN = DemoParcel(shop=US, package_id="1152899000000900101", orders=2)
WON_AT_ONCE = DemoParcel(
    shop=TH,
    package_id="1152899000000900201",
    ticket_id="TH-LDR-2026-0001",
    answers=(Answer(36 * _HOUR, accepted=True, reason="The evidence is sufficient."),),
)
WON_LATER = DemoParcel(
    shop=TH,
    package_id="1152899000000900202",
    ticket_id="TH-LDR-2026-0002",
    answers=(
        Answer(36 * _HOUR, accepted=False, reason="The chat does not show repeated follow-ups."),
        Answer(60 * _HOUR, accepted=True, reason="The call recording was taken into account."),
    ),
    shown_later=RequirementKind.CALL_RECORDING,
)
PARCELS = (FORGIVEN, WON_AT_ONCE, WON_LATER)
"""Collected a day late without a penalty; penalised and won; rejected and won in round two."""
