"""A packet as one web page that needs nothing beside it: styles and pictures are in the file."""

import base64
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from domain.appeal_texts import Said
from domain.packet_pages import ChangeLine, ExhibitCard, Pages, Row
from domain.packets import PacketFacts
from vault.packet_pdf import drawable

_STYLE = Path(__file__).parent / "templates" / "packet.css"
_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
_NOTHING_FROM_OUTSIDE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def web_page(facts: PacketFacts, pages: Pages) -> bytes:
    """Return the packet as one HTML file, readable on screen and on paper.

    Args:
        facts: For the pictures.
        pages: What is shown.
    """
    body = "\n".join([*_cover(pages), *_story(pages), *_exhibits(facts, pages), *_end(pages)])
    style = _STYLE.read_text(encoding="utf-8")
    document = f"""<!doctype html>
<html lang="{escape(facts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_NOTHING_FROM_OUTSIDE}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(pages.title)}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
    return document.encode()


def _cover(pages: Pages) -> Iterator[str]:
    packet = pages.words.packet
    yield f"<h1>{escape(packet.local)}</h1>"
    if packet.local != packet.english:
        yield f'<p lang="en">{escape(packet.english)}</p>'
    yield f'<dl class="summary">{_rows(pages.summary)}</dl>'
    if pages.missing:
        lacking = "; ".join(_both(one) for one in pages.missing)
        yield f'<p class="missing">{_both(pages.words.missing)}: {lacking}</p>'


def _story(pages: Pages) -> Iterator[str]:
    yield _heading(pages.words.text)
    yield _paragraphs(pages.text)
    if pages.text != pages.english:
        yield f'<blockquote lang="en">{_paragraphs(pages.english)}</blockquote>'
    if pages.timeline:
        yield _heading(pages.words.timeline)
        yield _timeline(pages)


def _timeline(pages: Pages) -> str:
    words = pages.words
    head = "".join(f"<th>{_both(one)}</th>" for one in (words.time, words.event, words.exhibit))
    lines = "\n".join(
        f"<tr><td>{escape(one.at)}</td><td>{_both(one.event)}</td>"
        f"<td>{escape(one.exhibits)}</td></tr>"
        for one in pages.timeline
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>"


def _exhibits(facts: PacketFacts, pages: Pages) -> Iterator[str]:
    if pages.exhibits:
        yield _heading(pages.words.exhibits)
    pictures = {str(one.number): one.picture for one in facts.exhibits}
    for one in pages.exhibits:
        yield _card(one, pictures[one.number], pages)
    if pages.changed:
        yield _heading(pages.words.reduced)
        yield from (_change(one, pages.words.original) for one in pages.changed)


def _card(one: ExhibitCard, picture: bytes | None, pages: Pages) -> str:
    new = f' <span class="en">({_both(pages.words.new)})</span>' if one.new else ""
    title = f"<h3>{_number(one.number)}{_both(one.title)}{new}</h3>"
    shown = _picture(picture, one.title)
    return f'<div class="exhibit"><div>{title}<dl>{_rows(one.rows)}</dl></div>{shown}</div>'


def _picture(picture: bytes | None, title: Said) -> str:
    ending = drawable(picture) if picture else None
    if picture is None or ending is None:
        return ""
    data = base64.b64encode(picture).decode()
    return f'<img alt="{escape(title.local)}" src="data:{_TYPES[ending]};base64,{data}">'


def _change(one: ChangeLine, original: Said) -> str:
    made = f'<span class="en">– {escape(one.change)}</span>'
    return (
        f"<p>{_number(one.number)}{escape(one.file)} {made}"
        f'<br><span class="label">{_both(original)}</span> {_hash(one.original)}</p>'
    )


def _end(pages: Pages) -> Iterator[str]:
    words = pages.words
    yield _heading(words.orders)
    yield f'<div class="orders">{"<br>".join(escape(one) for one in pages.orders)}</div>'
    yield _heading(words.verify)
    for part in (words.how, words.limits):
        yield f"<p>{escape(part.local)}</p>"
        if part.local != part.english:
            yield f'<p class="en" lang="en">{escape(part.english)}</p>'
    last = [escape(one) for one in (pages.rule, pages.case) if one]
    if pages.head:
        last.append(_hash(pages.head))
    yield f'<footer lang="en">{"<br>".join(last)}</footer>'


def _rows(rows: Iterable[Row]) -> str:
    return "\n".join(f"<dt>{_both(one.label)}</dt><dd>{_value(one)}</dd>" for one in rows)


def _value(row: Row) -> str:
    if row.hash:
        return _hash(row.value.local)
    shown = _both(row.value)
    return f'<span class="strong">{shown}</span>' if row.strong else shown


def _paragraphs(lines: Iterable[str]) -> str:
    return "\n".join(f"<p>{escape(line)}</p>" for line in lines)


def _heading(said: Said) -> str:
    return f"<h2>{_both(said)}</h2>"


def _number(number: str) -> str:
    return f'<span class="number">{escape(number)}</span>'


def _hash(digest: str) -> str:
    return f'<span class="hash">{escape(digest)}</span>'


def _both(said: Said) -> str:
    english = _english(said)
    return f"{escape(said.local)} {english}" if english else escape(said.local)


def _english(said: Said) -> str:
    if said.local == said.english:
        return ""
    return f'<span class="en" lang="en">· {escape(said.english)}</span>'
