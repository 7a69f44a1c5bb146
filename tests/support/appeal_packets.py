"""Whole packets, composed as the product composes them, with pictures drawn on the spot."""

import hashlib
import io
from datetime import date
from typing import Any

from PIL import Image

from activities.appeal_packets import packet_facts
from activities.appeal_texts import AppealWriter
from activities.evidence_rules import EvidenceShelf
from domain.appeal_texts import AppealMoment, ExhibitLine
from domain.completeness import HeldEvidence
from domain.evidence import EvidenceItem
from domain.exhibits import NumberedExhibit, numbered
from domain.packets import PacketFacts, PacketSource
from domain.requirements import RequirementKind, RequirementSet, Scenario, Violation
from tests.support.appeal_facts import MARKETS, STORY, after, moment, text_facts
from tests.support.deadline_cases import PLAYBOOKS
from vault.packet_exhibits import PackedItem

WRITER = AppealWriter(PLAYBOOKS / "appeals")
_MATRIX = EvidenceShelf(PLAYBOOKS / "evidence").matrix()
_TYPES = {
    RequirementKind.CARRIER_CHAT: "image/png",
    RequirementKind.READY_PHOTO: "image/jpeg",
    RequirementKind.DISPATCH_MANIFEST: "text/csv",
    RequirementKind.BUYER_NOTICE: "application/json",
    RequirementKind.CALL_RECORDING: "audio/mpeg",
}
FIRST_KINDS = tuple(_TYPES)[:4]


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 80)) -> bytes:
    """Return a small picture."""
    into = io.BytesIO()
    Image.new("RGB", size, "#8fb3bf").save(into, kind)
    return into.getvalue()


def requirement_set(market: str = "TH") -> RequirementSet:
    """Return the set of a carrier that never came."""
    on = date(2026, 11, 25)
    return _MATRIX.for_(market, Violation.LATE_DISPATCH, Scenario.CARRIER_NEVER_CAME, on=on)


def held(*kinds: RequirementKind) -> list[HeldEvidence]:
    """Return one piece of each kind."""
    return [
        HeldEvidence(evidence_id=f"ev-{kind}", kind=kind, captured_at=after(place))
        for place, kind in enumerate(kinds)
    ]


def an_item(kind: RequirementKind, **changes: Any) -> EvidenceItem:
    """Return the vault's item of a kind."""
    return EvidenceItem(
        **{
            "evidence_id": f"ev-{kind}",
            "case_id": "appeal:7495001:7712003",
            "requirement": kind,
            "digest": hashlib.sha256(kind.encode()).hexdigest(),
            "size": 123_456,
            "media_type": _TYPES.get(kind, "application/pdf"),
            "collected_at": after(1),
            "collected_by": "mali",
            "source": "warehouse_phone",
            "captured_at": after(0),
        }
        | changes
    )


def packed(exhibit: NumberedExhibit, **changes: Any) -> PackedItem:
    """Return an exhibit as it is packed; photos as redacted copies."""
    original = an_item(exhibit.kind)
    photo = original.media_type.startswith("image/")
    copy = original.model_copy(
        update={
            "digest": hashlib.sha256(b"copy" + original.digest.encode()).hexdigest(),
            "derived_from": original.evidence_id,
            "tool": "wenhuo redacted, pillow",
            "size": 99_000,
        }
    )
    standing: dict[str, Any] = {"copy_of_it": copy, "picture": picture()} if photo else {}
    return PackedItem(exhibit=exhibit, original=original, **(standing | changes))


def a_packet(language: str = "en", *, second: bool = False, **changes: Any) -> PacketFacts:
    """Return the facts of a packet.

    Args:
        language: Of the market.
        second: Whether it is a second round, with a recording that is new.
        **changes: Of the text's facts.
    """
    market, _ = MARKETS[language]
    rules = requirement_set(market)
    kinds = tuple(_TYPES) if second else FIRST_KINDS
    earlier = [f"ev-{kind}" for kind in FIRST_KINDS] if second else []
    exhibits = numbered(rules, held(*kinds), earlier=earlier)
    lines = [ExhibitLine(number=e.number, kind=e.kind, is_new=e.is_new) for e in exhibits]
    again = {"round": 2, "moments": (*STORY, moment(AppealMoment.REJECTED, 200))}
    facts = text_facts(language, exhibits=lines, **((again if second else {}) | changes))
    source = PacketSource(
        shop_id="7495001", case_id="appeal:7495001:7712003", head="ab" * 32, made_at=after(100)
    )
    return packet_facts(
        WRITER,
        facts,
        WRITER.write(facts),
        requirement_set=rules,
        packed=[packed(one) for one in exhibits],
        source=source,
    )
