"""What a shortage knows of its supply: the newest dates, and what those are worth."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.promises import PaddedDate


@dataclass(frozen=True)
class Restock:
    """The newest news of one SKU."""

    at: datetime | None = None
    in_stock: bool = False
    unavailable: bool = False


@dataclass
class Supply:
    """The restock of every SKU of a case."""

    supplier: str | None = None
    expected: datetime | None = None
    """When everything comes of which there is no news of its own."""
    news: dict[str, Restock] = field(default_factory=dict)
    padded: dict[tuple[str, datetime], PaddedDate] = field(default_factory=dict)
    """What was made of a SKU's date, so that it stays the same for the life of the case."""
    decided: datetime | None = None
    """A date that a person answers for; it is never padded."""
    promised: set[tuple[str, datetime]] = field(default_factory=set)
    """Dates of the supplier that the buyer was promised and whose units have not come."""

    def of(self, sku_id: str) -> Restock:
        """Return what is known of a SKU, its date padded where that was done."""
        news = self.plain(sku_id)
        padded = self.padded.get((sku_id, news.at)) if news.at else None
        return Restock(at=padded.at, in_stock=news.in_stock) if padded else news

    def plain(self, sku_id: str) -> Restock:
        """Return what is known of a SKU in the supplier's own words."""
        return self.news.get(sku_id, Restock(at=self.expected))

    def dates(self, skus: Iterable[str]) -> list[tuple[str, datetime]]:
        """Return the supplier's own date of each SKU that is still expected."""
        known = [(sku, self.plain(sku)) for sku in skus]
        return [(sku, news.at) for sku, news in known if news.at and not news.in_stock]

    def decide(self, until: datetime) -> None:
        """Take a person's date for everything."""
        self.expected, self.decided, self.news = until, until, {}
