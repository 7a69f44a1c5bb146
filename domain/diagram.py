"""The table of moves as a picture and as a table, for the documentation."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.cases import CaseState
from domain.moves import Move, Row


class _Span(NamedTuple):
    """A set of states from which some moves lead to one and the same place."""

    name: str
    label: str
    states: frozenset[CaseState]


def mermaid(rows: Sequence[Row]) -> str:
    """Return the picture of a table of moves as a Mermaid state diagram.

    A move that leads from every state to the same one is drawn once, from a box that stands for
    all of them.

    Args:
        rows: The table; its first row begins where a case begins.

    Returns:
        The diagram's text, ending with a newline.
    """
    arrows: dict[tuple[str, CaseState], list[str]] = {}
    spans: dict[str, _Span] = {}
    for span, row in _merged(rows):
        arrows.setdefault((span.name, row.to), []).append(_words(row.move))
        spans[span.name] = span
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{s.label}" as {s.name}' for s in spans.values() if s.label != s.name]
    lines.append(f"    [*] --> {rows[0].state}")
    lines += [f"    {tail} --> {to}: {', '.join(moves)}" for (tail, to), moves in arrows.items()]
    lines += [
        f"    {CaseState.PARKED} --> {tail}: {_words(Move.STEP_RESUMED)}"
        for tail, to in arrows
        if to is CaseState.PARKED
    ]
    return "\n".join([*lines, f"    {CaseState.CLOSED} --> [*]"]) + "\n"


def markdown(rows: Sequence[Row]) -> str:
    """Return a table of moves as a Markdown table.

    Args:
        rows: The table; a move that leads from every state to the same one is listed once.

    Returns:
        The table's text, ending with a newline.
    """
    lines = ["| in | what happens | leads to | because |", "|---|---|---|---|"]
    for span, row in _merged(rows):
        place = f"`{span.label}`" if span.label == span.name else span.label
        lines.append(f"| {place} | {_words(row.move)} | `{row.to}` | {row.why} |")
    return "\n".join(lines) + "\n"


def _merged(rows: Sequence[Row]) -> list[tuple[_Span, Row]]:
    """Return every row with the states it stands for, those of one state first."""
    states = frozenset(row.state for row in rows)
    first = rows[0].state
    wide = [
        _Span("any_open", "any open state", states),
        _Span("after_opening", f"any state after {first}", states - {first}),
    ]
    narrow = {state: _Span(state.value, state.value, frozenset({state})) for state in states}
    found = {row.move: _span(row.move, rows, wide) for row in rows}
    merged: dict[tuple[str, Move], tuple[_Span, Row]] = {}
    for row in rows:
        span = found[row.move] or narrow[row.state]
        merged.setdefault((span.name, row.move), (span, _with_every_reason(row, span, rows)))
    return sorted(merged.values(), key=lambda pair: pair[0] in wide)


def _with_every_reason(row: Row, span: _Span, rows: Sequence[Row]) -> Row:
    same = [one.why for one in rows if one.move is row.move and one.state in span.states]
    return row._replace(why="; or ".join(dict.fromkeys(same)))


def _span(move: Move, rows: Sequence[Row], wide: Sequence[_Span]) -> _Span | None:
    ways = {(row.state, row.to) for row in rows if row.move is move}
    tails, heads = {state for state, _ in ways}, {to for _, to in ways}
    fits = (span for span in wide if span.states == tails and len(tails) > 1 == len(heads))
    return next(fits, None)


def _words(move: Move) -> str:
    return move.replace("_", " ")
