"""What an appeal's packet is made from: every word, hash and picture on its pages."""

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from domain.appeal_texts import Said
from domain.instants import Instant


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class PacketWords(_Part):
    """The labels of the pages."""

    packet: Said
    ticket: Said
    round: Said
    violation: Said
    market: Said
    shop: Said
    orders: Said
    made: Said
    """When the packet was made."""
    text: Said
    timeline: Said
    time: Said
    event: Said
    exhibits: Said
    exhibit: Said
    new: Said
    proves: Said
    captured: Said
    source: Said
    file: Said
    digest: Said
    original: Said
    reduced: Said
    missing: Said
    unknown: Said
    verify: Said
    page: Said
    how: Said
    """How to check the packet, a paragraph."""
    limits: Said
    """What the check does not prove, a paragraph."""


class PacketEvent(_Part):
    """One line of the timeline."""

    at: Instant
    event: Said
    exhibits: tuple[int, ...] = ()


class PacketExhibit(_Part):
    """One exhibit, tied to the requirement that it proves."""

    number: PositiveInt
    title: Said
    requirement: str = ""
    """Key of the requirement; empty where it proves none that is listed."""
    proves: Said | None = None
    """What the requirement asks for."""
    file: str
    """Its name in the archive, such as exhibits/1-carrier_chat.png."""
    media_type: str
    size: int
    digest: str
    """SHA-256 of the file in the archive."""
    original_digest: str | None = None
    """SHA-256 of the original, where the file is a copy."""
    change: str = ""
    """What was done to the copy, in English."""
    captured_at: Instant | None = None
    source: str = ""
    is_new: bool = False
    picture: bytes | None = Field(default=None, repr=False)
    """A PNG or JPEG to show on the page; None where there is nothing to see."""


class PacketSource(_Part):
    """Where a packet comes from."""

    shop_id: str
    case_id: str
    head: str
    """Hash of the last custody entry before the packet was made."""
    made_at: Instant


class PacketFacts(_Part):
    """All that a packet says."""

    language: str
    """BCP 47 tag of the market's appeal language."""
    market: str
    zone: str
    """IANA zone of the printed times."""
    shop_id: str
    ticket_id: str
    round: PositiveInt
    violation: Said
    order_ids: tuple[str, ...]
    """Every order, also those that the text leaves out."""
    text: Said
    """The appeal as it is filed, and in English."""
    missing: tuple[Said, ...] = ()
    """What it is filed without."""
    timeline: tuple[PacketEvent, ...] = ()
    exhibits: tuple[PacketExhibit, ...] = ()
    rule: str
    """Which requirement set it was checked against, in one sentence."""
    case_id: str = ""
    """Whose custody chain the archive holds."""
    head: str = ""
    """Hash of the last entry of that chain."""
    made_at: Instant
    words: PacketWords

    def changed(self) -> tuple[PacketExhibit, ...]:
        """Return the exhibits of which the archive holds a copy instead of the original."""
        return tuple(one for one in self.exhibits if one.original_digest)
