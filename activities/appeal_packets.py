"""Composing an appeal's packet: facts and the vault's items in, every word of the pages out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from activities.appeal_texts import AppealWriter
from domain.appeal_texts import AppealTextFacts, Said, WrittenAppeal
from domain.evidence import EvidenceItem
from domain.exhibits import NumberedExhibit
from domain.requirements import Requirement, RequirementSet
from vault.packet_facts import PacketEvent, PacketExhibit, PacketFacts, PacketWords

_LONGEST_STEM = 60


class PackedItem(BaseModel):
    """One exhibit with what the archive holds of it."""

    model_config = ConfigDict(frozen=True)

    exhibit: NumberedExhibit
    original: EvidenceItem
    copy_of_it: EvidenceItem | None = None
    """The redacted or reduced copy that goes in instead."""
    picture: bytes | None = Field(default=None, repr=False)
    """A small PNG or JPEG of it, for the page."""

    @property
    def packed(self) -> EvidenceItem:
        """What the archive holds."""
        return self.copy_of_it or self.original


class PacketSource(BaseModel):
    """Where a packet comes from."""

    model_config = ConfigDict(frozen=True)

    shop_id: str
    case_id: str
    head: str
    """Hash of the last custody entry before the packet was made."""
    made_at: datetime


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


def archive_name(exhibit: NumberedExhibit, item: EvidenceItem) -> str:
    """Return an exhibit's name in the archive, such as exhibits/1-carrier_chat.png.

    The collector's own name is left out: it may hold a person's name.
    """
    ending = _ENDINGS.get(item.media_type, "bin")
    return f"exhibits/{exhibit.number}-{exhibit.kind[:_LONGEST_STEM]}.{ending}"


_ENDINGS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "application/pdf": "pdf",
    "application/json": "json",
    "text/csv": "csv",
    "text/plain": "txt",
    "text/html": "html",
}


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
        file=archive_name(one.exhibit, packed),
        media_type=packed.media_type,
        size=packed.size,
        digest=packed.digest,
        original_digest=one.original.digest if one.copy_of_it else None,
        change=_change(one),
        captured_at=one.original.captured_at,
        source=one.original.source,
        is_new=one.exhibit.is_new,
        picture=one.picture,
    )


def _change(one: PackedItem) -> str:
    if one.copy_of_it is None:
        return ""
    original = f"the original is {one.original.media_type}, {one.original.size:,} bytes"
    return f"{one.copy_of_it.tool}; {original}"


def _proves(requirement: Requirement, tag: str) -> Said:
    return Said(local=requirement.shows_in.get(tag, requirement.shows), english=requirement.shows)


def _words(writer: AppealWriter, tag: str) -> PacketWords:
    said = {name: writer.say(f"label_{name}", tag) for name in PacketWords.model_fields}
    return PacketWords(**said)
