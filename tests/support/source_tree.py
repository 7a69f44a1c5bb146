"""The product's own source, parsed: what the tests of its architecture look at."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "activities",
    "bench",
    "casedesk",
    "commands",
    "console",
    "domain",
    "records",
    "sandbox",
    "tiktok_shop",
    "vault",
    "workflows",
)
PROGRAMS = ("rehearsal_worker.py", "starter.py", "worker.py")
"""Modules at the root that people run."""


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a module of the repository."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def modules(*folders: str) -> list[Path]:
    """Return every module under folders of the repository, by path from its root."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in found)


def product_modules() -> list[Path]:
    """Return every module that is not a test."""
    programs = [Path(name) for name in PROGRAMS if (ROOT / name).is_file()]
    return [*modules(*PACKAGES), *programs]


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything a module imports, wherever it does so.

    `from package import name` yields `package.name` where that is a module of ours, so that a
    rule about modules cannot be gone round.
    """
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield from ((node.lineno, _target(node.module, a.name)) for a in node.names)


def _target(module: str | None, name: str) -> str:
    dotted = f"{module}.{name}"
    place = ROOT.joinpath(*dotted.split("."))
    return dotted if place.with_suffix(".py").is_file() or place.is_dir() else str(module)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
