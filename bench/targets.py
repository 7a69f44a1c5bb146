"""Bounds that the design sets, beside what was measured."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict


class Target(BaseModel):
    """A bound, and whether it was kept."""

    model_config = ConfigDict(frozen=True)

    what: str
    at_most: float | None = None
    at_least: float | None = None
    measured: float
    met: bool


def at_most(what: str, bound: float, measured: float) -> Target:
    """Return a target that is met up to its bound."""
    return Target(what=what, at_most=bound, measured=measured, met=measured <= bound)


def at_least(what: str, bound: float, measured: float) -> Target:
    """Return a target that is met from its bound on."""
    return Target(what=what, at_least=bound, measured=measured, met=measured >= bound)


def target_lines(targets: Iterable[Target]) -> list[str]:
    """Return the targets for people, a line each."""
    return ["targets", *(_line(target) for target in targets)]


def _line(target: Target) -> str:
    word = "met   " if target.met else "MISSED"
    lower = target.at_least is not None
    bound = target.at_least if lower else target.at_most
    side = "least" if lower else "most"
    return f"  {word}  {target.what}: {target.measured:.2f} (at {side} {bound:.2f})"
