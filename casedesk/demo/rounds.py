"""Living through the days after: what happens outside, then what people do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casedesk.demo.incidents import INCIDENTS
from casedesk.demo.paperwork import Paperwork
from casedesk.demo.people import People
from casedesk.demo.platform import Platform
from casedesk.demo.shops import TH, US, DemoShop
from casedesk.demo.stream import Stream
from casedesk.demo.supply import tell_incidents
from casedesk.virtual_clock import VirtualClock

Say = Callable[[str], None]
END = timedelta(days=10)
_HOUR = timedelta(hours=1)
_ROUNDS = (
    *(1.5, 3, 5, 8, 12, 23, 25.5, 30, 36, 45, 50, 60, 67, 70, 96, 101),
    *(168, 205, 211),
)
"""When the people look at their tasks, in hours after discovery."""


@dataclass(frozen=True)
class _News:
    """What the warehouse learns of an oversold SKU, and tells the cases at the next round."""

    after: timedelta
    shop: DemoShop
    state: str
    comes_in: timedelta | None = None

    def payload(self, stream: Stream) -> dict[str, Any]:
        """Return it as the cases are told."""
        at = stream.found_at + self.comes_in if self.comes_in else None
        told = {"state": self.state, "available_at": at.isoformat() if at else None}
        return {**told, "event_id": f"{self.shop.region}-{self.state}"}


def _news() -> list[_News]:
    """Return the week's news: the Thai goods slip once; both come in time for their parcels."""
    return [
        _News(timedelta(hours=25.5), TH, "expected", TH.slips_to),
        _News(timedelta(hours=50), TH, "in_stock"),
        _News(timedelta(hours=67), US, "in_stock"),
    ]


@dataclass
class Days:
    """Everybody who acts in the days after the stream."""

    clock: VirtualClock
    people: People
    paperwork: Paperwork
    platform: Platform
    say: Say

    async def live(self) -> None:
        """Go from round to round until everything has ended."""
        for hours in _ROUNDS:
            await self._round(timedelta(hours=hours))
        await self.clock.advance_to(self.people.stream.found_at + END)
        self.say(f"{END.days} days later: {len(self.clock.views)} cases open")

    async def _round(self, after: timedelta) -> None:
        """Live on to a round: the news and the platform first, then everybody's tasks."""
        clock = self.clock
        await clock.advance_to(self.people.stream.found_at + after)
        if await self._is_news(after):
            await clock.settle()
        open_cases = len(clock.views)
        done = await self.people.work(clock.views, here=_here(after))
        self.say(f"{after / _HOUR:5.1f} h: {open_cases} cases open, {done} decisions by people")

    async def _is_news(self, after: timedelta) -> bool:
        """Let happen what happens outside at an instant; False if that is nothing."""
        people, told = self.people, 0
        for news in _news():
            if news.after == after:
                await people.tell_restock(news.shop, news.payload(people.stream))
                told += 1
        told += await tell_incidents(people.decisions, people.stream, self.clock.views, after)
        await self.platform.act(after)
        return bool(told + await self.paperwork.tell_penalties())


def _here(after: timedelta) -> set[str]:
    """Return the SKUs whose goods are all there, so that parcels can be packed."""
    oversold = {n.shop.short.sku_id for n in _news() if n.state == "in_stock" and n.after <= after}
    return oversold | {one.sku.sku_id for one in INCIDENTS if one.all_there <= after}
