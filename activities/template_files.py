"""Template files: read, checked whole and compiled, so that a slip in an edit shows at start-up.

A file holds one macro per phrase and a header of `{% set … %}` lines; what it prints are facts of
`m`. Everything that can be wrong with it is refused with file and line.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2 import nodes as ast
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.errors import PlaybookError

SUFFIX = ".jinja"
LAYOUT = f"layout{SUFFIX}"
LAST_RESORT = "en"
"""The language that must be there; whoever has no other reads it."""
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-[A-Z]{2})?")
_HEADER = {"version": str, "reviewed": bool, "reviewer": str, "date_pattern": str}
_EMPTY_ALLOWED = frozenset({"reviewed", "reviewer"})


class _Tagged(Protocol):
    @property
    def tag(self) -> str: ...


T = TypeVar("T", bound=_Tagged)


@dataclass(frozen=True)
class Language:
    """The phrases of one file and its header."""

    tag: str
    version: str
    reviewed: bool
    date_pattern: str
    phrases: Any
    """The file's macros, one attribute each."""


class TemplateFile:
    """One file, checked; compiled when its text is wanted."""

    def __init__(self, path: Path, *, name: str) -> None:
        """Read and parse the file.

        Args:
            path: Where it stands.
            name: What errors call it.

        Raises:
            PlaybookError: It is not UTF-8 or no template; names file and line.
        """
        self.name = name
        self._environment = _environment()
        try:
            self.tree = self._environment.parse(path.read_text(encoding="utf-8"), filename=name)
            self._undeclared = find_undeclared_variables(self.tree)
        except TemplateSyntaxError as error:
            raise PlaybookError(f"{name}, line {error.lineno}", str(error.message)) from error
        except UnicodeDecodeError as error:
            raise PlaybookError(name, "is not UTF-8; save it as UTF-8") from error

    def check(
        self, facts: frozenset[str], *, known: frozenset[str], judge: Callable[[str], list[str]]
    ) -> None:
        """Refuse unknown names, unknown facts and words that must not leave.

        Args:
            facts: What may be read of `m`.
            known: Names that are given from outside; macro arguments need none.
            judge: Finds what is wrong with a piece of fixed text.

        Raises:
            PlaybookError: Names file and line.
        """
        for name in self.tree.find_all(ast.Name):
            if name.name in self._undeclared - known:
                self.refuse(name, f"{name.name!r} is not defined; facts are read as m.digits")
        for used in self.attributes_of("m"):
            if used.attr not in facts:
                there = ", ".join(sorted(facts))
                self.refuse(used, f"m.{used.attr} is no fact; there are {there}")
        for text in self.tree.find_all(ast.TemplateData):
            found = judge(text.data) if text.data.strip() not in {"", ":"} else []
            if found:
                self.refuse(text, "; ".join(found))

    def attributes_of(self, name: str) -> Iterator[ast.Getattr]:
        """Yield each reading of an attribute of the variable *name*."""
        for used in self.tree.find_all(ast.Getattr):
            if isinstance(used.node, ast.Name) and used.node.name == name:
                yield used

    def macros(self) -> dict[str, ast.Macro]:
        """Return the file's macros by name."""
        return {macro.name: macro for macro in self.tree.find_all(ast.Macro)}

    def settings(self) -> dict[str, Any]:
        """Return what the file sets to fixed values."""
        return {
            one.target.name: one.node.value
            for one in self.tree.body
            if isinstance(one, ast.Assign)
            and isinstance(one.target, ast.Name)
            and isinstance(one.node, ast.Const)
        }

    def compiled(self) -> Template:
        """Return the template; the file needs no second reading for it."""
        # The compiler may fold constants into the tree, so checks come before it.
        code = self._environment.compile(self.tree, name=self.name, filename=self.name)
        return Template.from_code(self._environment, code, self._environment.make_globals(None))

    def language(self, tag: str) -> Language:
        """Return the phrases of a file that is named by a language.

        Args:
            tag: The language its name gives.

        Raises:
            PlaybookError: The name is no language tag, or the header does not hold.
        """
        if not _TAG.fullmatch(tag):
            raise PlaybookError(self.name, "is not named by a language tag such as en or zh-CN")
        header = self._header()
        return Language(
            tag=tag,
            version=header["version"],
            reviewed=header["reviewed"],
            date_pattern=header["date_pattern"],
            phrases=self.compiled().make_module(),
        )

    def refuse(self, node: ast.Node, reason: str) -> NoReturn:
        """Refuse the file for the line of *node*."""
        raise PlaybookError(f"{self.name}, line {node.lineno}", reason)

    def _header(self) -> dict[str, Any]:
        header = self.settings()
        for name, kind in _HEADER.items():
            value = header.get(name)
            if not isinstance(value, kind) or not (value or name in _EMPTY_ALLOWED):
                raise PlaybookError(
                    self.name, f"has no {{% set {name} = … %}} with a {kind.__name__}"
                )
        if header["reviewed"] and not header["reviewer"]:
            raise PlaybookError(
                self.name, "says reviewed = true; name the native speaker in reviewer"
            )
        return header


def need_last_resort(languages: Mapping[str, object]) -> None:
    """Refuse a folder without English.

    Args:
        languages: What was found, by tag.

    Raises:
        PlaybookError: English is missing.
    """
    if LAST_RESORT not in languages:
        raise PlaybookError(
            f"{LAST_RESORT}{SUFFIX}", "not found; English is the last resort and must be there"
        )


def first_of(wanted: tuple[str, ...], languages: Mapping[str, T]) -> T:
    """Return the first language there is.

    Args:
        wanted: BCP 47 tags in order of preference; English comes after them.
        languages: By tag, English among them.

    Returns:
        The one with a wanted tag, else with the same base, such as en for en-GB.
    """
    for tag in wanted:
        found = _exact(tag, languages) or _same_base(tag, languages)
        if found:
            return found
    return languages[LAST_RESORT]


def base_of(tag: str) -> str:
    """Return the language of a tag without script and region, such as zh of zh-CN."""
    return re.split("[-_]", tag.lower())[0]


def failing_line(error: BaseException, *, otherwise: str = LAYOUT) -> str:
    """Return "file, line N" of the template in which *error* arose, or *otherwise*."""
    where, step = otherwise, error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name.endswith(SUFFIX):
            where = f"{name}, line {step.tb_lineno}"
        step = step.tb_next
    return where


def _exact(tag: str, languages: Mapping[str, T]) -> T | None:
    wanted = tag.replace("_", "-").lower()
    return next((one for key, one in languages.items() if key.lower() == wanted), None)


def _same_base(tag: str, languages: Mapping[str, T]) -> T | None:
    base = base_of(tag)
    return next((one for key, one in languages.items() if base_of(key) == base), None)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_refuse_what_is_no_text,
        auto_reload=False,
    )
    environment.filters["line"] = lambda text: " ".join(str(text).split())
    return environment


def _refuse_what_is_no_text(value: object) -> object:
    if value is None:
        raise TemplateError("a fact that this message does not have is printed; ask for it first")
    if isinstance(value, Macro):
        raise TemplateError(f"the phrase {value.name} is printed; write {value.name}(m)")
    return value
