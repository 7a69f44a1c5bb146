"""Composing an appeal's packet: facts and the vault's items in, every word of the pages out."""

from collections.abc import Mapping, Sequence

from activities.appeal_texts import AppealWriter
from domain.appeal_texts import AppealTextFacts, Said, WrittenAppeal
from domain.packets import (
    PacketEvent,
    PacketExhibit,
    PacketFacts,
    PacketSource,
    PacketWords,
)
from domain.requirements import Requirement, RequirementSet
from vault.bundle import exhibit_path
from vault.packet_exhibits import PackedItem


def packet_facts(
    writer: AppealWriter,
    facts: AppealTextFacts,
    written: WrittenAppeal,
    *,
    requirement_set: RequirementSet,
    packed: Sequence[PackedItem],
    source: PacketSource,
) -> PacketFacts:
    """Return all that a packet says.

    Args:
        writer: Says labels, names and moments in the market's language and in English.
        facts: What the text was written from; its moments are the timeline.
        written: The text.
        requirement_set: What the appeal must prove.
        packed: The exhibits, by their numbers.
        source: Shop, custody chain and the instant the packet carries.
    """
    tag = written.language
    by_key = {one.key: one for one in requirement_set.requirements}
    return PacketFacts(
        language=tag,
        market=facts.market,
        zone=facts.zone,
        shop_id=source.shop_id,
        ticket_id=facts.ticket_id,
        round=facts.round,
        violation=writer.say(f"violation_{facts.violation}", tag),
        order_ids=facts.order_ids,
        text=Said(local=written.text, english=written.english),
        missing=tuple(writer.say(f"kind_{kind}", tag) for kind in facts.missing),
        timeline=tuple(
            PacketEvent(
                at=one.at, event=writer.say(f"moment_{one.moment}", tag), exhibits=one.exhibits
            )
            for one in facts.moments
        ),
        exhibits=tuple(_exhibit(writer, one, by_key, tag) for one in packed),
        rule=f"Checked against: {requirement_set.source} (set {requirement_set.version}).",
        case_id=source.case_id,
        head=source.head,
        made_at=source.made_at,
        words=_words(writer, tag),
    )


def _exhibit(
    writer: AppealWriter, one: PackedItem, by_key: Mapping[str, Requirement], tag: str
) -> PacketExhibit:
    requirement = by_key.get(one.exhibit.requirement)
    packed = one.packed
    return PacketExhibit(
        number=one.exhibit.number,
        title=writer.say(f"kind_{one.exhibit.kind}", tag),
        requirement=one.exhibit.requirement,
        proves=_proves(requirement, tag) if requirement else None,
        file=exhibit_path(one.exhibit.number, packed),
        media_type=packed.media_type,
        size=packed.size,
        digest=packed.digest,
        original_digest=one.original.digest if one.copy_of_it else None,
        change=one.change,
        captured_at=one.original.captured_at,
        source=one.original.source,
        is_new=one.exhibit.is_new,
        picture=one.picture,
    )


def _proves(requirement: Requirement, tag: str) -> Said:
    return Said(local=requirement.shows_in.get(tag, requirement.shows), english=requirement.shows)


def _words(writer: AppealWriter, tag: str) -> PacketWords:
    said = {name: writer.say(f"label_{name}", tag) for name in PacketWords.model_fields}
    return PacketWords(**said)
