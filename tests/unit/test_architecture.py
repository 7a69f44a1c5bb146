"""Who may import whom, and the other rules of the house that a linter does not know.

A new arrow between packages is a reviewed decision: it is made here first.
"""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.source_tree import (
    PACKAGES,
    PROGRAMS,
    ROOT,
    functions,
    imported,
    modules,
    parsed,
    product_modules,
)

EVERYWHERE = frozenset(sys.stdlib_module_names) | {"typing_extensions"}
LONGEST_FUNCTION = 50
LONGEST_MODULE = 500
LONG_ON_PURPOSE = {Path("vault/verify.py"): 750}
"""One file on purpose: it travels in every packet and runs without the rest of the house."""


@dataclass(frozen=True)
class Row:
    """What one package may import besides itself, the standard library and typing_extensions.

    *ours* are dotted names: a package covers its modules, `workflows.names` only that module.
    *third* are the names third-party packages are imported by.
    """

    ours: frozenset[str]
    third: frozenset[str]


def _row(ours: str, third: str) -> Row:
    return Row(frozenset(ours.split()), frozenset(third.split()))


_COMMANDS = _row("domain casedesk commands console records vault", "rich typer")
_WORKER = _row(
    "activities casedesk domain records tiktok_shop vault workflows",
    "pydantic structlog temporalio",
)
TABLE = {
    "domain": _row("", "pydantic ruamel"),
    "tiktok_shop": _row("domain", "cryptography httpx pydantic structlog"),
    "records": _row("domain", "alembic sqlalchemy"),
    "vault": _row(
        "domain records", "PIL cryptography obstore pi_heif puremagic rfc3161_client rfc8785 typst"
    ),
    # Wire payloads and ports are models, which is domain's pydantic.
    "workflows": _row("domain", "pydantic temporalio"),
    "activities": _row(
        "domain records tiktok_shop vault workflows.names workflows.opening workflows.ports",
        "apprise babel holidays httpx jinja2 standardwebhooks structlog temporalio",
    ),
    # google.protobuf is what temporalio's own requests are made of.
    "casedesk": _row(
        "domain records tiktok_shop workflows",
        "google.protobuf httpx openpyxl pydantic pydantic_settings structlog temporalio",
    ),
    "console": _row(
        "casedesk domain records tiktok_shop.webhooks vault",
        "authlib fastapi nicegui pydantic structlog uvicorn",
    ),
    "commands": _COMMANDS,
    "starter.py": _COMMANDS,
    "worker.py": _WORKER,
    # The same worker, with cases opened at their openers' own virtual instants.
    "rehearsal_worker.py": Row(_WORKER.ours | {"worker"}, _WORKER.third),
    "sandbox": _row("", "fastapi httpx uvicorn"),
}
"""The table of the design; whoever changes one changes the other."""

UNCHECKED = {"bench"}
"""Measures the product from outside, with whatever that takes."""


def _covers(allowed: frozenset[str], name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def _files(package: str) -> list[Path]:
    if not package.endswith(".py"):
        return modules(package)
    return [Path(package)] if (ROOT / package).is_file() else []


def _breaches(package: str) -> list[str]:
    row, own = TABLE[package], package.removesuffix(".py")
    allowed = row.ours | row.third | EVERYWHERE | {own}
    return [
        f"{path}:{line} imports {name}"
        for path in _files(package)
        for line, name in imported(path)
        if not _covers(allowed, name)
    ]


@pytest.mark.parametrize("package", TABLE)
def test_a_package_imports_only_what_the_table_allows(package: str) -> None:
    """An arrow that is not in the table is a decision that nobody has made."""
    assert [] == _breaches(package)


def test_every_package_of_ours_has_a_row() -> None:
    """A package without a row would be free to import anything."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    programs = {path.name for path in ROOT.glob("*.py")}

    assert set() == (packages | programs) - TABLE.keys() - UNCHECKED
    assert set() == (packages | programs) - {*PACKAGES, *PROGRAMS}


def test_the_reader_of_imports_sees_modules_behind_from_imports() -> None:
    """`from workflows import names` is an import of workflows.names, not of workflows."""
    found = {name for _, name in imported(Path("activities/shop.py"))}

    assert "workflows.names" in found
    assert "workflows" not in found


def test_nothing_is_imported_that_starts_with_a_dot_or_is_a_drawer_of_odds_and_ends() -> None:
    """Modules called utils, common or helpers have no reason to stay small."""
    drawers = {"utils", "util", "common", "helpers", "helper", "misc"}

    assert [] == [p for p in [*product_modules(), *modules("tests")] if p.stem in drawers]


def test_functions_fit_on_a_screen() -> None:
    """A longer one does more than its name says."""
    long = [
        f"{path}:{f.lineno} {f.name} has {f.end_lineno - f.lineno + 1} lines"
        for path in [*product_modules(), *modules("tests")]
        for f in functions(path)
        if f.end_lineno is not None and f.end_lineno - f.lineno >= LONGEST_FUNCTION
    ]

    assert [] == long


def test_modules_stay_short_enough_to_be_read() -> None:
    """A longer one is two modules."""
    sizes = {path: len((ROOT / path).read_text().splitlines()) for path in product_modules()}

    longest = dict.fromkeys(sizes, LONGEST_MODULE) | LONG_ON_PURPOSE

    assert {} == {path: size for path, size in sizes.items() if size > longest[path]}


def _is_public(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    overrides = any(
        isinstance(mark, ast.Name) and mark.id == "override" for mark in function.decorator_list
    )
    return not function.name.startswith("_") and not overrides


@pytest.mark.parametrize("package", ["domain", "tiktok_shop"])
def test_every_public_function_says_what_it_does(package: str) -> None:
    """Rules and the platform's operations are read by people who did not write them."""
    silent = [
        f"{path}:{function.lineno} {function.name}"
        for path in modules(package)
        for function in _outer_functions(path)
        if _is_public(function) and ast.get_docstring(function) is None
    ]

    assert [] == silent


def _outer_functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return functions, and methods of public classes, but not functions inside functions."""
    holders: list[ast.Module | ast.ClassDef] = [parsed(path)]
    holders += [
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    return [
        node
        for holder in holders
        for node in holder.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _runs_on_import(node: ast.stmt) -> bool:
    """Tell whether a statement acts; wiring an object of the module's own (`app.…`) does not."""
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        return ast.unparse(call.func.value) != "app"
    return isinstance(call, ast.Call | ast.Await)


def _is_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def test_importing_a_module_does_nothing() -> None:
    """Programs act behind the __main__ guard, so that tests and tools can import them."""
    # Alembic's environment is run by Alembic, never imported.
    modules = [path for path in product_modules() if path != Path("records/migrations/env.py")]
    assert len(modules) > 400

    acting = [
        f"{path}:{node.lineno}"
        for path in modules
        for node in parsed(path).body
        if _runs_on_import(node)
    ]
    assert [] == acting
    programs = [path for path in modules if path.name in {"__main__.py", *PROGRAMS}]
    assert set(PROGRAMS) <= {path.name for path in programs}
    assert [] == [path for path in programs if not any(map(_is_guard, parsed(path).body))]
