"""Message templates: one Jinja file of phrases per language and one layout for all of them.

Everything that can be wrong with a template file is found when the folder is loaded, with file
and line, so that a slip in an edit shows at start-up and not when a buyer should be written to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2 import nodes as ast
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.errors import PlaybookError
from domain.message_lint import faults
from domain.messages import RefundReason

LAYOUT = "layout.jinja"
_SUFFIX = ".jinja"
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?")
_BY_REASON = "reason_"
_HEADER = {"version": str, "reviewed": bool, "reviewer": str, "date_pattern": str}
_EMPTY_ALLOWED = frozenset({"reviewed", "reviewer"})


@dataclass(frozen=True)
class Language:
    """The phrases of one language and the header of their file."""

    tag: str
    version: str
    reviewed: bool
    date_pattern: str
    phrases: Any
    """The file's macros, one attribute each."""


@dataclass(frozen=True)
class Templates:
    """The checked contents of a template folder."""

    layout: Template
    layout_version: str
    languages: dict[str, Language]


def load_templates(folder: Path, facts: frozenset[str]) -> Templates:
    """Load and check all templates of a folder.

    Args:
        folder: Holds layout.jinja and one file per language, named by its BCP 47 tag.
        facts: The names that phrases may use, as in `m.digits`.

    Returns:
        The layout and every language.

    Raises:
        PlaybookError: A file is missing or wrong; names file and line.
    """
    environment = _environment(folder)
    if not (folder / LAYOUT).is_file():
        raise PlaybookError(
            LAYOUT, f"not found in {folder.name}; it says what messages consist of"
        )
    tree = _checked(environment, folder / LAYOUT, facts, known=frozenset({"t", "m"}))
    wanted = _wanted_phrases(tree)
    languages = {
        path.stem: _language(environment, path, facts, wanted)
        for path in sorted(folder.glob(f"*{_SUFFIX}"))
        if path.name != LAYOUT
    }
    if "en" not in languages:
        raise PlaybookError("en.jinja", "not found; English is the last resort and must be there")
    return Templates(
        layout=environment.get_template(LAYOUT),
        layout_version=_layout_version(tree),
        languages=languages,
    )


def failing_line(error: BaseException) -> str:
    """Return "file, line N" of the template in which *error* arose, or the layout's name."""
    where, step = LAYOUT, error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name.endswith(_SUFFIX):
            where = f"{Path(name).name}, line {step.tb_lineno}"
        step = step.tb_next
    return where


def _environment(folder: Path) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_refuse_none,
        auto_reload=False,
    )
    environment.filters["line"] = lambda text: " ".join(str(text).split())
    return environment


def _refuse_none(value: object) -> object:
    if value is None:
        raise TemplateError("a fact that this message does not have is printed; ask for it first")
    return value


def _language(
    environment: ImmutableSandboxedEnvironment,
    path: Path,
    facts: frozenset[str],
    wanted: dict[str, int],
) -> Language:
    if not _TAG.fullmatch(path.stem):
        raise PlaybookError(path.name, "is not named by a language tag such as en or zh-CN")
    tree = _checked(environment, path, facts, known=frozenset())
    header = _header(path.name, tree)
    _compare_phrases(path.name, tree, wanted)
    return Language(
        tag=path.stem,
        version=header["version"],
        reviewed=header["reviewed"],
        date_pattern=header["date_pattern"],
        phrases=environment.get_template(path.name).make_module(),
    )


def _checked(
    environment: ImmutableSandboxedEnvironment,
    path: Path,
    facts: frozenset[str],
    known: frozenset[str],
) -> ast.Template:
    try:
        tree = environment.parse(path.read_text(encoding="utf-8"), filename=path.name)
        environment.get_template(path.name)
    except TemplateSyntaxError as error:
        raise PlaybookError(f"{path.name}, line {error.lineno}", str(error.message)) from error
    except UnicodeDecodeError as error:
        raise PlaybookError(path.name, "is not UTF-8; save it as UTF-8") from error
    _check_names(path.name, tree, known)
    _check_facts(path.name, tree, facts)
    _check_wording(path.name, tree)
    return tree


def _check_names(file: str, tree: ast.Template, known: frozenset[str]) -> None:
    unknown = find_undeclared_variables(tree) - known
    for name in tree.find_all(ast.Name):
        if name.name in unknown:
            _refuse(file, name, f"{name.name!r} is not defined; facts are read as m.digits")


def _check_facts(file: str, tree: ast.Template, facts: frozenset[str]) -> None:
    for used in _attributes_of(tree, "m"):
        if used.attr not in facts:
            _refuse(file, used, f"m.{used.attr} is no fact; there are {', '.join(sorted(facts))}")


def _check_wording(file: str, tree: ast.Template) -> None:
    for text in _texts(tree):
        found = [] if text.data.strip() in {"", ":"} else faults(text.data)
        if found:
            _refuse(file, text, "; ".join(found))


def _texts(tree: ast.Template) -> Iterator[ast.TemplateData]:
    yield from tree.find_all(ast.TemplateData)


def _attributes_of(tree: ast.Template, name: str) -> Iterator[ast.Getattr]:
    for used in tree.find_all(ast.Getattr):
        if isinstance(used.node, ast.Name) and used.node.name == name:
            yield used


def _wanted_phrases(layout: ast.Template) -> dict[str, int]:
    wanted = {f"{_BY_REASON}{reason}": 0 for reason in RefundReason}
    return wanted | {used.attr: used.lineno for used in _attributes_of(layout, "t")}


def _compare_phrases(file: str, tree: ast.Template, wanted: dict[str, int]) -> None:
    there = {macro.name: macro for macro in tree.find_all(ast.Macro)}
    for name, line in wanted.items():
        if name not in there:
            where = f"{LAYOUT}, line {line}" if line else LAYOUT
            raise PlaybookError(file, f"the phrase {name!r} is missing; {where}, uses it")
    for name, macro in there.items():
        if name not in wanted and not name.startswith("_"):
            _refuse(file, macro, f"the phrase {name!r} is used by no message")


def _header(file: str, tree: ast.Template) -> dict[str, Any]:
    header = _assigned(tree)
    for name, kind in _HEADER.items():
        value = header.get(name)
        if not isinstance(value, kind) or not (value or name in _EMPTY_ALLOWED):
            raise PlaybookError(file, f"has no {{% set {name} = … %}} with a {kind.__name__}")
    if header["reviewed"] and not header["reviewer"]:
        raise PlaybookError(file, "says reviewed = true; name the native speaker in reviewer")
    return header


def _layout_version(tree: ast.Template) -> str:
    version = _assigned(tree).get("version")
    if not isinstance(version, str):
        raise PlaybookError(LAYOUT, 'has no {% set version = "…" %}')
    return version


def _assigned(tree: ast.Template) -> dict[str, Any]:
    return {
        one.target.name: one.node.value
        for one in tree.body
        if isinstance(one, ast.Assign)
        and isinstance(one.target, ast.Name)
        and isinstance(one.node, ast.Const)
    }


def _refuse(file: str, node: ast.Node, reason: str) -> NoReturn:
    raise PlaybookError(f"{file}, line {node.lineno}", reason)
