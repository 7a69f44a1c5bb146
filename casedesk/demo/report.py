"""What the demo tells: figures with their orders, promises kept or broken, rows for a table."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Part):
    """One number of the summary and the orders behind it."""

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


class DemoReport(_Part):
    """The whole week."""

    figures: dict[str, Figure]
    people: tuple[HumanAnswer, ...]
    promises: tuple[Promise, ...]
    effects_file: str
    """What really happened, as the sandbox tells it; duplicates are counted from it."""
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


def table_rows(report: DemoReport) -> list[tuple[str, str]]:
    """Return what a person reads: the figures, what people did, the promises."""
    rows = [(one.name, _shown(one)) for one in report.figures.values()]
    done = [f"{one.task}: {one.answer}" for one in report.people]
    rows += [(f"a person: {what}", str(done.count(what))) for what in dict.fromkeys(done)]
    rows += [(one.promise, _verdict(one)) for one in report.promises]
    return [*rows, ("effects", report.effects_file), ("seconds", f"{report.seconds:.1f}")]


def _shown(one: Figure) -> str:
    money = ", ".join(f"{amount} {currency}" for currency, amount in one.amounts.items())
    return f"{one.count} ({money})" if money else str(one.count)


def _verdict(one: Promise) -> str:
    return "kept" if one.kept else f"BROKEN: {one.detail}"
