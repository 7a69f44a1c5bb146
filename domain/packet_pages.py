"""What stands on a packet's pages, in order, whether they are typeset or shown by a browser."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from domain.appeal_texts import Said
from domain.packets import PacketEvent, PacketExhibit, PacketFacts, PacketWords


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Row(_Part):
    """A label and what it labels."""

    label: Said
    value: Said
    strong: bool = False
    hash: bool = False


class EventLine(_Part):
    """One line of the timeline."""

    at: str
    event: Said
    exhibits: str


class ExhibitCard(_Part):
    """One exhibit."""

    number: str
    title: Said
    new: bool
    rows: tuple[Row, ...]


class ChangeLine(_Part):
    """One exhibit of which the archive holds a copy."""

    number: str
    file: str
    change: str
    original: str


class Pages(_Part):
    """Everything printed, as plain text that can be shown."""

    title: str
    footer: str
    summary: tuple[Row, ...]
    missing: tuple[Said, ...]
    text: tuple[str, ...]
    """Paragraphs in the market's appeal language."""
    english: tuple[str, ...]
    timeline: tuple[EventLine, ...]
    exhibits: tuple[ExhibitCard, ...]
    changed: tuple[ChangeLine, ...]
    orders: tuple[str, ...]
    rule: str
    case: str
    head: str
    words: PacketWords

    def texts(self) -> Iterator[str]:
        """Yield every text on the pages."""
        yield from _texts(self.model_dump())


def pages_of(facts: PacketFacts) -> Pages:
    """Return what a packet says, page by page.

    Args:
        facts: Of the packet; what no page can show of them is cleaned away.
    """
    clean = _Shown(facts)
    words = _shown_words(facts.words)
    return Pages(
        title=f"{words.packet.english}, {words.ticket.english} {printable(facts.ticket_id)}",
        footer=f"{words.ticket.local} {printable(facts.ticket_id)}",
        summary=tuple(clean.summary()),
        missing=tuple(_said(one) for one in facts.missing),
        text=_paragraphs(facts.text.local),
        english=_paragraphs(facts.text.english),
        timeline=tuple(clean.event(one) for one in sorted(facts.timeline, key=lambda e: e.at)),
        exhibits=tuple(clean.exhibit(one) for one in facts.exhibits),
        changed=tuple(_change(one) for one in facts.changed()),
        orders=tuple(printable(one) for one in facts.order_ids),
        rule=printable(facts.rule),
        case=printable(facts.case_id),
        head=facts.head,
        words=words,
    )


def printable(text: str) -> str:
    """Return *text* with what can be shown at all, line ends kept.

    Control and direction marks show nothing and go; characters that no font can know (private,
    unassigned, half of a pair) become a replacement mark.
    """
    kept = (_shown(char) for char in text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", "".join(kept))


class _Shown:
    def __init__(self, facts: PacketFacts) -> None:
        self._facts = facts
        self._words = _shown_words(facts.words)
        self._zone = ZoneInfo(facts.zone)

    def summary(self) -> Iterator[Row]:
        facts, words = self._facts, self._words
        yield Row(label=words.ticket, value=_same(facts.ticket_id), strong=True)
        yield Row(label=words.violation, value=_said(facts.violation), strong=True)
        yield Row(label=words.round, value=_same(str(facts.round)))
        yield Row(label=words.shop, value=_same(facts.shop_id))
        yield Row(label=words.market, value=_same(facts.market))
        yield Row(label=words.orders, value=_same(str(len(facts.order_ids))))
        yield Row(label=words.made, value=_same(self._instant(facts.made_at)))

    def event(self, one: PacketEvent) -> EventLine:
        numbers = ", ".join(str(number) for number in one.exhibits)
        return EventLine(at=self._instant(one.at), event=_said(one.event), exhibits=numbers)

    def exhibit(self, one: PacketExhibit) -> ExhibitCard:
        return ExhibitCard(
            number=str(one.number),
            title=_title(one.title),
            new=one.is_new,
            rows=tuple(self._rows(one)),
        )

    def _rows(self, one: PacketExhibit) -> Iterator[Row]:
        words = self._words
        if one.proves is not None:
            yield Row(label=words.proves, value=_said(one.proves))
        when = _same(self._instant(one.captured_at)) if one.captured_at else words.unknown
        yield Row(label=words.captured, value=when)
        if one.source:
            yield Row(label=words.source, value=_same(one.source.replace("_", " ")))
        file = f"{one.file} ({one.media_type}, {one.size:,} bytes)"
        yield Row(label=words.file, value=_same(file))
        yield Row(label=words.digest, value=_same(one.digest), hash=True)

    def _instant(self, instant: datetime) -> str:
        """Return an instant that reads the same in every language, with its offset."""
        local = instant.astimezone(self._zone)
        return f"{local:%Y-%m-%d %H:%M:%S} UTC{local.isoformat()[-6:]}"


def _change(one: PacketExhibit) -> ChangeLine:
    return ChangeLine(
        number=str(one.number),
        file=printable(one.file),
        change=printable(one.change),
        original=one.original_digest or "",
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line for line in printable(text).split("\n") if line.strip())


def _same(text: str) -> Said:
    shown = " ".join(printable(text).split())
    return Said(local=shown, english=shown)


def _said(said: Said) -> Said:
    return Said(local=_same(said.local).local, english=_same(said.english).english)


def _title(said: Said) -> Said:
    shown = _said(said)
    return Said(local=_capital(shown.local), english=_capital(shown.english))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown_words(words: PacketWords) -> PacketWords:
    named = {name: _said(getattr(words, name)) for name in PacketWords.model_fields}
    return PacketWords(**named)


def _texts(node: object) -> Iterator[str]:
    match node:
        case str():
            yield node
        case dict():
            for value in node.values():
                yield from _texts(value)
        case tuple() | list():
            for value in node:
                yield from _texts(value)
        case _:
            return


def _shown(char: str) -> str:
    if char in "\n\u200d":
        return char
    if char == "\t":
        return " "
    match unicodedata.category(char):
        case "Cc" | "Cf":
            return ""
        case "Co" | "Cn" | "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case _:
            return char
