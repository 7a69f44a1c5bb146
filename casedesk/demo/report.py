"""What the demo tells: figures with their orders, promises kept or broken, rows for a table."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Part):
    """One number of the summary and the orders behind it.

    Of a figure about cases, parcels or lots the ids are theirs.
    """

    name: str
    count: int
    order_ids: tuple[str, ...] = ()
    amounts: dict[str, str] = {}
    """Decimal amount by currency, where the figure is about money."""


class HumanAnswer(_Part):
    """One thing a person did."""

    order_id: str
    task: str
    actor: str
    answer: str


class Promise(_Part):
    """Something that must hold whatever happens."""

    promise: str
    kept: bool
    detail: str = ""
    """What broke it, with order ids."""


class PacketCheck(_Part):
    """The packet of one round of an appeal, and what the file inside it says of it."""

    ticket_id: str
    round: int
    path: str
    """The archive that was filed."""
    unpacked: str
    """The folder in which its `verify.py` was run."""
    verified: bool
    said: str = ""
    """The verifier's last words."""


class DemoReport(_Part):
    """The whole time."""

    figures: dict[str, Figure]
    people: tuple[HumanAnswer, ...]
    promises: tuple[Promise, ...]
    effects_file: str
    """What really happened, as the sandbox tells it; duplicates are counted from it."""
    packets: tuple[PacketCheck, ...] = ()
    restarts: dict[str, int] = {}
    seconds: float = 0.0

    @property
    def kept(self) -> bool:
        """Whether every promise held."""
        return all(promise.kept for promise in self.promises)

    def answer(self) -> dict[str, Any]:
        """Return the report as one JSON document."""
        return {**self.model_dump(mode="json"), "kept": self.kept}


def figure(name: str, order_ids: Iterator[str] | list[str], **also: Any) -> Figure:
    """Return a figure that counts orders, each once, in their order."""
    mine = tuple(dict.fromkeys(order_ids))
    return Figure(name=name, count=len(mine), order_ids=mine, **also)


def none_of(promise: str, broken_by: Iterable[str]) -> Promise:
    """Return a promise that is kept if nothing broke it."""
    found = list(broken_by)
    return Promise(promise=promise, kept=not found, detail=", ".join(found[:10]))


class Section(NamedTuple):
    """Rows that a person reads together."""

    title: str
    rows: tuple[tuple[str, str], ...]


_INCIDENTS = ("incident", "supplier")
_PICKUPS = ("late_pickup", "pickup", "penalties", "appeals", "packets")
_TWICE = ("duplicate",)


def sections(report: DemoReport) -> tuple[Section, ...]:
    """Return what a person reads: figures by what they are about, people, promises."""
    others = (*_INCIDENTS, *_PICKUPS, *_TWICE)
    orders = [key for key in report.figures if not key.startswith(others)]
    done = [f"{one.task.partition(':')[0]}: {one.answer}" for one in report.people]
    return (
        Section("orders", _rows(report, orders)),
        Section("shortages led as incidents", _rows(report, _keys(report, _INCIDENTS))),
        Section("late pickups", _rows(report, _keys(report, _PICKUPS))),
        Section("effects in the shops", _rows(report, _keys(report, _TWICE))),
        Section("what people did", tuple((w, str(done.count(w))) for w in dict.fromkeys(done))),
        Section("promises", tuple((one.promise, _verdict(one)) for one in report.promises)),
    )


def closing_words(report: DemoReport) -> list[str]:
    """Return where the files are, and how long it took; each path is a line of its own."""
    packets = [one.path for one in report.packets]
    return [
        "What really happened, and what was filed:",
        *(f"  {path}" for path in (report.effects_file, *packets)),
        f"It took {report.seconds:.1f} seconds.",
    ]


def _keys(report: DemoReport, starts: tuple[str, ...]) -> list[str]:
    return [key for key in report.figures if key.startswith(starts)]


def _rows(report: DemoReport, keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((report.figures[key].name, _shown(report.figures[key])) for key in keys)


def _shown(one: Figure) -> str:
    money = ", ".join(f"{amount} {currency}" for currency, amount in one.amounts.items())
    return f"{one.count} ({money})" if money else str(one.count)


def _verdict(one: Promise) -> str:
    return "kept" if one.kept else f"BROKEN: {one.detail}"
