"""What all pages share: the frame, the reader's language and name, and how things are written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import quote

from nicegui import ui

from console.reader import ACTOR, LANGUAGE, Reader
from console.words import Tongue

NONE = "–"
"""Stands where nothing is known."""
_SOON = timedelta(hours=4)
_REMEMBER = "; path=/; max-age=31536000; samesite=strict"

STATE_COLOURS = {
    "awaiting_choice": "blue",
    "waiting_restock": "teal",
    "arranging_swap": "teal",
    "refunding": "purple",
    "parked": "orange-9",
    "closed": "grey",
}


@contextmanager
def frame(reader: Reader, title: str) -> Iterator[None]:
    """Build the page around its content."""
    ui.page_title(f"{title} · Wenhuo")
    ui.add_head_html(f"<script>{_remember_language(reader.words.tongue)}</script>")
    ui.colors(primary="#0f5257", secondary="#3d7068")
    ui.query("body").classes("bg-grey-2")
    with ui.header().classes("items-center q-px-md q-py-xs no-wrap"):
        ui.link("稳货 Wenhuo", "/").classes("text-white text-h6 no-underline")
        ui.space()
        _name_field(reader)
        _language_links(reader)
    with ui.column().classes("w-full max-w-6xl mx-auto q-pa-sm gap-3"):
        yield
        ui.label(reader.say("All times are UTC.")).classes("text-caption text-grey-7")


def _name_field(reader: Reader) -> None:
    def keep(name: str) -> None:
        reader.actor = name.strip()
        ui.run_javascript(f"document.cookie = '{ACTOR}={quote(reader.actor)}{_REMEMBER}'")

    field = ui.input(
        reader.say("Your name"), value=reader.actor, on_change=lambda e: keep(e.value or "")
    )
    field.props("dense dark standout debounce=300 maxlength=80").classes("w-40 max-md:w-28")


def _language_links(reader: Reader) -> None:
    for tongue, name in ((Tongue.ENGLISH, "English"), (Tongue.CHINESE, "中文")):
        if tongue is not reader.words.tongue:
            button = ui.button(name, on_click=lambda t=tongue: _speak(t))
            button.props("flat dense text-color=white no-caps")


def _speak(tongue: Tongue) -> None:
    ui.run_javascript(f"{_remember_language(tongue)}; location.href = location.pathname")


def _remember_language(tongue: Tongue) -> str:
    return f"document.cookie = '{LANGUAGE}={tongue.value}{_REMEMBER}'"


def at(instant: datetime | None) -> str:
    """Return an instant for people."""
    return f"{instant:%Y-%m-%d %H:%M}" if instant else NONE


def distance(reader: Reader, instant: datetime | None, now: datetime) -> str:
    """Return how far away an instant is, in the two largest units."""
    if instant is None:
        return NONE
    minutes = int(abs((instant - now).total_seconds()) // 60)
    days, hours = divmod(minutes // 60, 24)
    parts = ((days, "d"), (hours, "h"), (minutes % 60, "min"))
    shown = [f"{n} {reader.say(unit)}" for n, unit in parts if n][:2]
    if not shown:
        return reader.say("now")
    words = " ".join(shown)
    past, ahead = f"{words} {reader.say('ago')}", f"{reader.say('in')} {words}"
    return past if instant < now else ahead


def urgency(instant: datetime | None, now: datetime) -> str:
    """Return the colour of a deadline: passed, soon, or far."""
    if instant is None:
        return "grey-7"
    if instant <= now:
        return "negative"
    return "orange-9" if instant - now <= _SOON else "grey-8"


def state_badge(reader: Reader, state: str) -> None:
    """Show a state."""
    ui.badge(reader.term(state)).props(f"color={STATE_COLOURS.get(state, 'blue-grey')}")
