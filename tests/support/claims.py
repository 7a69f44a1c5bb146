"""Which rows of a table of moves the tests of a folder claim to take."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def claimed_rows(folder: Path, pattern: str, *, but: tuple[str, ...] = ()) -> set[str]:
    """Return the rows, as "state:move", that are claimed by `@pytest.mark.moves`.

    Args:
        folder: Where the tests are.
        pattern: Of their files' names.
        but: Files that begin so are about another table.
    """
    return {
        row
        for path in sorted(folder.glob(pattern))
        if not path.name.startswith(but)
        for function in vars(_module(path)).values()
        for row in _claims(function)
    }


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"claims_of_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _claims(function: Any) -> Iterator[str]:
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "moves":
            yield from mark.args
        if mark.name == "parametrize":
            for value in mark.args[1]:
                for inner in getattr(value, "marks", ()):
                    yield from (inner.args if inner.name == "moves" else ())
