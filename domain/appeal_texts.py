"""What an appeal's text is written from, and how it is kept within what the platform takes."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from domain.appeals import LONGEST_APPEAL_TEXT
from domain.errors import InputError
from domain.instants import Instant
from domain.requirements import Requirement, RequirementKind, Scenario, Violation

LONGEST_ARGUMENT = 600
"""Characters of a person's own words; the rest of the box is for the facts."""
LONGEST_REASON = 160
"""Characters of the platform's reason for a rejection that are repeated to it."""
FEWEST_ORDERS = 3
"""So many order ids stay in the text, as long as it has as many, before others are left out."""


class AppealMoment(StrEnum):
    """The instants that an appeal speaks of."""

    BOOKED = "booked"
    READY = "ready"
    SLOT_FROM = "slot_from"
    SLOT_UNTIL = "slot_until"
    CARRIER_CAME = "carrier_came"
    CARRIER_ASKED = "carrier_asked"
    BUYER_TOLD = "buyer_told"
    HELP_CENTER = "help_center"
    REBOOKED = "rebooked"
    HANDED_OVER = "handed_over"
    SCANNED = "scanned"
    DUE = "due"
    CANCELLED = "cancelled"
    PENALTY = "penalty"
    FILED = "filed"
    REJECTED = "rejected"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Said(_Part):
    """One phrase in the market's appeal language and in English."""

    local: str
    english: str


class MomentAt(_Part):
    """One instant, and the exhibits that show it."""

    moment: AppealMoment
    at: Instant
    exhibits: tuple[int, ...] = ()


class ExhibitLine(_Part):
    """One exhibit as the text names it."""

    number: PositiveInt
    kind: RequirementKind
    is_new: bool = False
    """Of a second round: the first did not have it."""


class AppealTextFacts(_Part):
    """All an appeal's text may be written from; nothing personal."""

    language: str
    """BCP 47 tag of the market's appeal language."""
    market: str
    zone: str
    """IANA zone in which times are printed."""
    ticket_id: str
    round: PositiveInt = 1
    violation: Violation
    scenario: Scenario
    order_ids: tuple[str, ...] = Field(min_length=1)
    moments: tuple[MomentAt, ...] = ()
    exhibits: tuple[ExhibitLine, ...] = ()
    missing: tuple[RequirementKind, ...] = ()
    """What could not be had, where it is filed with what there is."""
    rejection_reason: str = ""
    argument: str = ""
    """A person's own words."""

    def first(self, moment: AppealMoment) -> MomentAt | None:
        """Return the earliest entry of *moment*, or None."""
        return min(self.every(moment), key=lambda one: one.at, default=None)

    def every(self, moment: AppealMoment) -> tuple[MomentAt, ...]:
        """Return all entries of *moment* in order of time."""
        found = (one for one in self.moments if one.moment is moment)
        return tuple(sorted(found, key=lambda one: one.at))

    def manifest(self) -> int | None:
        """Return the number of the exhibit that lists every order, or None."""
        lists = (RequirementKind.DISPATCH_MANIFEST, RequirementKind.SIGNED_MANIFEST)
        found = [one for one in self.exhibits if one.kind in lists]
        ranked = sorted(found, key=lambda one: (lists.index(one.kind), one.number))
        return ranked[0].number if ranked else None


class ChecklistFacts(_Part):
    """What the person who files must know."""

    ticket_id: str
    market: str
    zone: str
    window_ends: Instant | None = None
    last_safe_moment: Instant | None = None
    complete: bool
    missing: tuple[Requirement, ...] = ()
    """What it goes in without, where it is not complete."""
    text: str
    """The prepared text, for its length."""
    packet: str
    """The packet's file name."""
    exhibits: int


class WrittenAppeal(_Part):
    """A text ready to be pasted into the appeal box."""

    text: str
    """In the market's appeal language."""
    english: str
    """The same in English; equal to *text* where that is English."""
    language: str
    """The language it was written in, which may be a fallback."""
    template_version: str
    reviewed: bool
    """False while a native speaker has not read the template."""
    orders_shown: int
    """How many order ids stand in the text; the manifest has them all."""
    orders_in_all: int


class Room(NamedTuple):
    """How much a text says: so many order ids, and long or brief."""

    orders: int
    brief: bool


def check_argument(argument: str) -> str:
    """Return a person's own words as one paragraph.

    Raises:
        InputError: They are longer than LONGEST_ARGUMENT; nothing of them is cut.
    """
    words = " ".join(argument.split())
    if length(words) > LONGEST_ARGUMENT:
        raise InputError(
            "argument",
            f"has {length(words)} characters; {LONGEST_ARGUMENT} fit beside the facts, shorten it",
        )
    return words


def length(text: str) -> int:
    """Return the characters of *text* as a browser's text box counts them (UTF-16)."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def fitted(
    write: Callable[[Room], str], *, orders: int, longest: int = LONGEST_APPEAL_TEXT
) -> tuple[str, int]:
    """Return the fullest text that fits.

    Order ids are left out first, as the attached manifest has them all; then the text becomes
    brief. Words and ids are never cut.

    Args:
        write: Writes the text for a given room; more room never makes it shorter.
        orders: How many order ids there are.
        longest: Characters that the box takes.

    Returns:
        The text, and how many order ids stand in it.

    Raises:
        InputError: Not even the briefest text fits.
    """
    fewest = min(FEWEST_ORDERS, orders)

    def fits(room: Room) -> bool:
        return length(write(room)) <= longest

    for brief, least in ((False, fewest), (True, 1)):
        shown = _most(fits, brief=brief, least=least, most=orders)
        if shown is not None:
            return write(Room(shown, brief)), shown
    over = length(write(Room(1, brief=True))) - longest
    raise InputError("argument", f"is {over} characters too long for the appeal; shorten it")


def clipped(text: str, longest: int) -> str:
    """Return *text* as one line of at most *longest* characters, cut between words with an …."""
    line = " ".join(text.split())
    if length(line) <= longest:
        return line
    kept = ""
    for word in line.split(" "):
        longer = f"{kept} {word}".strip()
        if length(longer) + 2 > longest:
            break
        kept = longer
    return f"{kept} …".strip()


def _most(fits: Callable[[Room], bool], *, brief: bool, least: int, most: int) -> int | None:
    if not fits(Room(least, brief)):
        return None
    low, high = least, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(Room(middle, brief)) else (low, middle - 1)
    return low
