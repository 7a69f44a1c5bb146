"""Who looks at a page: their language and their name, as their browser remembers them."""

from dataclasses import dataclass
from urllib.parse import unquote

from fastapi import Request

from console.words import Words, tongue_of

ACTOR, LANGUAGE = "wenhuo_actor", "wenhuo_lang"
"""Cookies with the reader's name and language."""


@dataclass
class Reader:
    """Who looks at a page."""

    words: Words
    actor: str

    def say(self, english: str) -> str:
        """Return a label in the reader's language."""
        return self.words.say(english)

    def term(self, wire: str | None, of: str = "") -> str:
        """Return a word of a closed set in the reader's language, a dash for none."""
        return self.words.term(wire, of) if wire else "–"


def reader_of(request: Request, actor: str) -> Reader:
    """Return the reader of a request; *actor* is the name until one is given."""
    tongue = tongue_of(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE),
        request.headers.get("accept-language"),
    )
    return Reader(Words(tongue), actor_of(request, actor))


def actor_of(request: Request, actor: str) -> str:
    """Return the name that a browser remembers, else *actor*."""
    return unquote(request.cookies.get(ACTOR, "")).strip() or actor
