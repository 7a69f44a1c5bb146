"""An incident in numbers, and what one event changed of them."""

from pydantic import BaseModel, ConfigDict

from domain.handout import Change, Lot

SENTENCES = 20
"""Changes of one event that are told word for word; every order keeps its own on file."""


class Figures(BaseModel):
    """How an incident stands; of two readings the one with the higher version is the newer."""

    model_config = ConfigDict(frozen=True)

    version: int = 0
    on_hand: int = 0
    promised: int = 0
    """Units on the shelf that belong to served orders."""
    lots: tuple[Lot, ...] = ()
    served: int = 0
    short: int = 0
    short_units: int = 0
    left: int = 0
    settled: int = 0
    opened: int = 0
    joined: int = 0
    already_closed: int = 0
    open_cases: int = 0
    unopened: int = 0
    """Short orders that have no case yet."""
    untold_units: int = 0
    """Served orders whose open case has not heard of its units."""
    untold_news: int = 0
    """Short orders whose open case has not heard the newest news."""


class Changed(BaseModel):
    """What one event changed."""

    model_config = ConfigDict(frozen=True)

    served: int = 0
    """Orders that got their units."""
    short: int = 0
    """Orders whose units were taken back."""
    first: tuple[Change, ...] = ()
    """Some of the changes word for word; every order keeps its own in the records."""
    figures: Figures = Figures()

    def and_then(self, later: "Changed") -> "Changed":
        """Return what this event and a later one changed together."""
        return Changed(
            served=self.served + later.served,
            short=self.short + later.short,
            first=(*self.first, *later.first)[:SENTENCES],
            figures=later.figures,
        )
