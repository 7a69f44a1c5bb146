"""The shelf of playbooks and market profiles: files that people edit, read when a case opens."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

import holidays
import structlog

from domain.errors import InputError, PlaybookError
from domain.instants import aware
from domain.markets import MarketProfile, WorkingDays, strictest_of
from domain.playbook import Playbook
from domain.playbook_files import PlaybookLayer, parse_market, parse_playbook, resolve

logger = structlog.get_logger(__name__)

DAYS_BEFORE = timedelta(days=60)
"""Orders paid this long before a case are still counted from their payment."""
DAYS_AHEAD = timedelta(days=120)
"""No case or appeal lives longer than this."""

_DEFAULT = "default"
_DERIVED_AT_MOST = 256
"""A shop has one playbook; edits leave old ones behind until then."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
ReadT = TypeVar("ReadT")
MadeT = TypeVar("MadeT")


class PlaybookShelf:
    """Playbooks and market profiles of one installation.

    A file is read again when it has changed on disk, so an edit reaches new cases without a
    restart; running cases keep what they pinned.
    """

    def __init__(self, folder: Path, shop_folder: Path | None = None) -> None:
        """Take the files of *folder*.

        Args:
            folder: Holds default.yaml, named playbooks, market-<REGION>.yaml and markets/.
            shop_folder: Holds <shop_id>.yaml of the shops that differ; None if none does.
        """
        self._folder = folder
        self._shop_folder = shop_folder
        self._markets = FileReader(parse_market)
        self._layers = FileReader(parse_playbook)
        self._strictest = Derived(_strictest)
        self._playbooks = Derived(resolve)

    def market(self, region: str) -> MarketProfile:
        """Return the profile of *region*, or the strictest known one, marked as assumed.

        Raises:
            PlaybookError: A file of the shelf does not hold together.
        """
        for profile in self.markets():
            if profile.answers_to(region):
                return profile
        stand_in = self.strictest().stand_in_for(region)
        logger.warning("market.unknown", region=region, rules_of=self.strictest().market)
        return stand_in

    def markets(self) -> tuple[MarketProfile, ...]:
        """Return every profile of the shelf, by file name."""
        files = sorted((self._folder / "markets").glob("*.yaml"))
        return tuple(self._markets.read(path) for path in files)

    def strictest(self) -> MarketProfile:
        """Return the profile that stands in for rules nobody knows."""
        return self._strictest.of(*self.markets())

    def playbook(self, name: str | None, *, market: MarketProfile, shop_id: str) -> Playbook:
        """Return the playbook of a shop: default, then *name*, then market, then shop.

        Args:
            name: A playbook of the shelf besides the default, or None.
            market: The shop's market.
            shop_id: The shop.

        Raises:
            InputError: There is no playbook *name*, or an id cannot be a file's name.
            PlaybookError: A file does not hold together; names file and line.
        """
        default = self._layers.read(self._folder / f"{_DEFAULT}.yaml")
        standard = name in (None, _DEFAULT, default.name)
        named = None if standard else self._named(name)
        return self._playbooks.of(default, named, self._of_market(market), self._of_shop(shop_id))

    def names(self) -> tuple[str, ...]:
        """Return the names a case may ask for."""
        stems = (path.stem for path in self._folder.glob("*.yaml"))
        return tuple(sorted(stem for stem in stems if not stem.startswith("market-")))

    def working_days(self, market: MarketProfile, *, as_of: datetime) -> WorkingDays:
        """Return the days off of *market* around a case.

        Args:
            market: Names the zone, the weekend and whose holidays count.
            as_of: When the case was opened; the window lies around it.

        Raises:
            PlaybookError: The profile names a country whose holidays are not known.
        """
        today = aware(as_of, "as_of").astimezone(ZoneInfo(market.zone)).date()
        first, last = today - DAYS_BEFORE, today + DAYS_AHEAD
        days = _public_holidays(market, first, last)
        off = tuple(day for day in days if first <= day <= last)
        return WorkingDays(zone=market.zone, weekend=market.weekend, holidays=off)

    def _named(self, name: str | None) -> PlaybookLayer:
        if name not in self.names():
            raise InputError(
                "playbook", f"{name!r} is not on the shelf; take one of {', '.join(self.names())}"
            )
        return self._layers.read(self._folder / f"{name}.yaml")

    def _of_market(self, market: MarketProfile) -> PlaybookLayer | None:
        for code in (market.market, *market.aliases):
            layer = self._optional(self._folder, f"market-{code}", field="market")
            if layer is not None:
                return layer
        return None

    def _of_shop(self, shop_id: str) -> PlaybookLayer | None:
        if self._shop_folder is None:
            return None
        return self._optional(self._shop_folder, shop_id, field="shop_id")

    def _optional(self, folder: Path, stem: str, *, field: str) -> PlaybookLayer | None:
        if not _PLAIN_NAME.fullmatch(stem):
            raise InputError(field, f"{stem!r} cannot name a file; use letters, digits, - and _")
        path = folder / f"{stem}.yaml"
        return self._layers.read(path) if path.is_file() else None


class FileReader(Generic[ReadT]):
    """Reads files of one sort, each again only when it has changed."""

    def __init__(self, parse: Callable[..., ReadT]) -> None:
        """Read with *parse*, which takes the text and the filename."""
        self._parse = parse
        self._seen: dict[Path, tuple[tuple[int, int], ReadT]] = {}

    def read(self, path: Path) -> ReadT:
        """Return what the file at *path* says.

        Raises:
            PlaybookError: It cannot be read, or does not hold together; names file and line.
        """
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            known = self._seen.get(path)
            if known and known[0] == stamp:
                return known[1]
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PlaybookError(path.name, f"cannot be read: {error}") from error
        parsed = self._parse(text, filename=path.name)
        self._seen[path] = (stamp, parsed)
        logger.info("playbook.read", file=path.name)
        return parsed


class Derived(Generic[MadeT]):
    """What is made of parts, made again only where a part is another object.

    Parts that were read from files stay the same objects until a file changes.
    """

    def __init__(self, make: Callable[..., MadeT]) -> None:
        """Make with *make*, which takes the parts."""
        self._make = make
        self._made: dict[tuple[int, ...], tuple[tuple[object, ...], MadeT]] = {}

    def __len__(self) -> int:
        return len(self._made)

    def of(self, *parts: object) -> MadeT:
        """Return what is made of *parts*; what *make* raises is raised again each time."""
        key = tuple(map(id, parts))
        if key not in self._made:
            if len(self._made) >= _DERIVED_AT_MOST:
                self._made.clear()
            # With its parts, which keep their identities only while they live.
            self._made[key] = (parts, self._make(*parts))
        return self._made[key][1]


def _strictest(*profiles: MarketProfile) -> MarketProfile:
    return strictest_of(profiles)


def _public_holidays(market: MarketProfile, first: date, last: date) -> tuple[date, ...]:
    if not market.holidays_of:
        return ()
    try:
        return _holidays_of(market.holidays_of, first.year, last.year)
    except NotImplementedError as error:
        where = f"market profile {market.market}"
        reason = f"no holidays are known of {market.holidays_of!r}; write a country such as TH"
        raise PlaybookError(where, reason) from error


@lru_cache(maxsize=64)
def _holidays_of(country: str, first_year: int, last_year: int) -> tuple[date, ...]:
    years = range(first_year, last_year + 1)
    return tuple(sorted(holidays.country_holidays(country, years=years)))
