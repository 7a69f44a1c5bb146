"""`python -m tests.replay.fingerprint`: the order of commands in the workflows' source.

Open cases replay their history against the code of today. Whatever schedules something on the
server — an activity, a timer, a search attribute — must do so in the order it always did. This
reads that order from the source, function by function, so that a change is seen in review
even where no committed history passes.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_tree import modules, parsed

BASELINE = Path(__file__).parent / "commands.json"
Fingerprint = dict[str, list[str]]

SDK_COMMANDS = frozenset(
    {
        *(
            f"{verb}_{what}"
            for verb in ("execute", "start")
            for what in (
                "activity",
                "activity_class",
                "activity_method",
                "local_activity",
                "local_activity_class",
                "local_activity_method",
                "child_workflow",
            )
        ),
        "continue_as_new",
        "create_task",
        "deprecate_patch",
        "ensure_future",
        "gather",
        "get_external_workflow_handle",
        "patched",
        "sleep",
        "upsert_memo",
        "upsert_search_attributes",
        "wait",
        "wait_condition",
    }
)
"""Calls that issue a command, or decide in which order coroutines issue theirs."""


def fingerprint() -> Fingerprint:
    """Return, per function of the workflows, its command-issuing calls in source order.

    A call counts if it issues a command itself or leads to a function of ours that does.
    """
    calls = {
        f"{path.with_suffix('').as_posix().replace('/', '.')}.{name}": list(_calls(function))
        for path in modules("workflows")
        for name, function in _outer_functions(parsed(path))
    }
    issuing = _issuing(calls)
    found = {name: [c for c in made if _called(c) in issuing] for name, made in calls.items()}
    return {name: made for name, made in sorted(found.items()) if made}


def _issuing(calls: Fingerprint) -> frozenset[str]:
    """Return the bare names of everything that leads to a command."""
    issuing = set(SDK_COMMANDS)
    while True:
        more = {
            name.rpartition(".")[2]
            for name, made in calls.items()
            if any(_called(call) in issuing for call in made)
        }
        if more <= issuing:
            return frozenset(issuing)
        issuing |= more


def _called(call: str) -> str:
    return call.partition(" ")[0]


def _outer_functions(
    tree: ast.Module,
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from (
                (f"{node.name}.{method.name}", method)
                for method in node.body
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
            )


def _calls(function: ast.AST) -> Iterator[str]:
    """Yield every call of a function, inner functions included, in the order of the source."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    for call in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        name = _name(call.func)
        if name:
            yield " ".join((name, *_targets(call)))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _targets(call: ast.Call) -> list[str]:
    """Return the port's operation that a call names, or its literal patch id or step."""
    return [
        ast.unparse(argument)
        for argument in call.args[:1]
        if (isinstance(argument, ast.Attribute) and ast.unparse(argument.value).endswith("Port"))
        or (isinstance(argument, ast.Constant) and isinstance(argument.value, str))
    ]


def baseline() -> Fingerprint:
    """Return the order that was last agreed on."""
    agreed: Fingerprint = json.loads(BASELINE.read_text(encoding="utf-8"))
    return agreed


def write() -> None:
    """Agree on the order of today."""
    BASELINE.write_text(json.dumps(fingerprint(), indent=1) + "\n", encoding="utf-8")


def differences(agreed: Fingerprint, now: Fingerprint) -> list[str]:
    """Return, per changed function, what it issued and what it issues now."""
    return [
        f"{name}:\n  was {', '.join(agreed.get(name, [])) or 'nothing'}"
        f"\n  is  {', '.join(now.get(name, [])) or 'nothing'}"
        for name in sorted(agreed.keys() | now.keys())
        if agreed.get(name) != now.get(name)
    ]


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{BASELINE.name}: {len(fingerprint())} functions issue commands\n")
