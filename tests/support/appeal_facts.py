"""The facts of one appeal, as its texts and its packet are made from them."""

from datetime import datetime, timedelta
from typing import Any

from domain.appeal_texts import AppealMoment, AppealTextFacts, ExhibitLine, MomentAt
from domain.requirements import RequirementKind, Scenario, Violation
from tests.support.deadline_cases import utc

SLOT = utc("2026-11-18T07:00:00")
"""14:00 in Bangkok, where the carrier was booked."""
FIRST_ORDER = 576461413038785752
MARKETS = {
    "en": ("US", "America/Los_Angeles"),
    "th": ("TH", "Asia/Bangkok"),
    "vi": ("VN", "Asia/Ho_Chi_Minh"),
    "id": ("ID", "Asia/Jakarta"),
    "ms": ("MY", "Asia/Kuala_Lumpur"),
}


def moment(which: AppealMoment, hours: float, *exhibits: int) -> MomentAt:
    """Return a moment so many hours after the booked slot began."""
    return MomentAt(moment=which, at=after(hours), exhibits=exhibits)


def after(hours: float) -> datetime:
    """Return the instant so many hours after the booked slot began."""
    return SLOT + timedelta(hours=hours)


def order_ids(count: int) -> tuple[str, ...]:
    """Return ids as long as the platform's."""
    return tuple(str(FIRST_ORDER + number) for number in range(count))


STORY = (
    moment(AppealMoment.READY, -3, 2),
    moment(AppealMoment.SLOT_FROM, 0),
    moment(AppealMoment.SLOT_UNTIL, 2),
    moment(AppealMoment.CARRIER_ASKED, 2.25, 1),
    moment(AppealMoment.CARRIER_ASKED, 4, 1),
    moment(AppealMoment.BUYER_TOLD, 3),
    moment(AppealMoment.DUE, 10),
    moment(AppealMoment.SCANNED, 30),
    moment(AppealMoment.PENALTY, 60),
)
EXHIBITS = (
    ExhibitLine(number=1, kind=RequirementKind.CARRIER_CHAT),
    ExhibitLine(number=2, kind=RequirementKind.READY_PHOTO),
    ExhibitLine(number=3, kind=RequirementKind.DISPATCH_MANIFEST),
)


def text_facts(language: str = "en", **changes: Any) -> AppealTextFacts:
    """Return facts of a first round about a carrier that never came, in a market's language."""
    market, zone = MARKETS[language]
    standing = {
        "language": language,
        "market": market,
        "zone": zone,
        "ticket_id": "7712003",
        "violation": Violation.LATE_DISPATCH,
        "scenario": Scenario.CARRIER_NEVER_CAME,
        "order_ids": order_ids(2),
        "moments": STORY,
        "exhibits": EXHIBITS,
    }
    return AppealTextFacts.model_validate(standing | changes)
