"""Reading YAML that people edit: plain values, and the line of every key for the refusals."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from domain.errors import PlaybookError

ModelT = TypeVar("ModelT", bound=BaseModel)
Loc = Sequence[int | str]


class Document:
    """One parsed file: its plain content, and where each part of it stands."""

    def __init__(self, text: str, *, filename: str) -> None:
        """Parse *text*.

        Args:
            text: The content of a YAML file.
            filename: Its name, for the refusals.

        Raises:
            PlaybookError: Not YAML, a key written twice, or not a list of keys at the top.
        """
        self._filename = filename
        self._root = self._parsed(text)
        self.content: dict[str, Any] = _plain(self._root)

    def refusal(self, at: Loc, reason: str) -> PlaybookError:
        """Return the refusal of the part at *at*, naming file and line."""
        return PlaybookError(f"{self._filename}:{self._line(at)}", reason)

    def read_as(self, model: type[ModelT], **computed: str) -> ModelT:
        """Return the content as *model*.

        Args:
            model: The model whose fields the keys must be.
            **computed: Fields that the file may not set itself.

        Raises:
            PlaybookError: An unknown key or a bad value; names its line and the nearest key.
        """
        for key in computed:
            if key in self.content:
                raise self.refusal((key,), f"{key} is computed from the content; remove the key")
        try:
            return model.model_validate(self.content | computed)
        except ValidationError as error:
            raise self._explained(model, error) from None

    def _parsed(self, text: str) -> CommentedMap:
        try:
            root = YAML(typ="rt", pure=True).load(text)
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            why = error.problem or "cannot be read"
            raise PlaybookError(f"{self._filename}:{line}", f"not valid YAML: {why}") from error
        except (YAMLError, ValueError) as error:
            raise PlaybookError(self._filename, f"not valid YAML: {error}") from error
        if root is None:
            return CommentedMap()
        if not isinstance(root, CommentedMap):
            raise PlaybookError(f"{self._filename}:1", "expected keys such as contact: at the top")
        return root

    def _line(self, at: Loc) -> int:
        node, line = self._root, 1
        for step in at:
            if isinstance(node, CommentedMap) and step in node.lc.data:
                line = node.lc.key(step)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1
            else:
                break
            node = node[step]
        return line

    def _explained(self, model: type[BaseModel], error: ValidationError) -> PlaybookError:
        # A misspelt key is also a missing one; the spelling is what the person must see.
        first, *more = sorted(
            error.errors(), key=lambda each: (each["type"] == "missing", self._line(each["loc"]))
        )
        loc = first["loc"]
        dotted = ".".join(str(step) for step in loc if step != "[key]")
        match first["type"]:
            case "extra_forbidden":
                reason = _unknown_key(str(loc[-1]), _keys_at(model, loc[:-1]))
            case "missing":
                reason = f"{dotted} is missing; add it"
            case "model_type":
                reason = f"{dotted} has no keys; write them below it or remove it"
            case "value_error":
                reason = f"{dotted}: {first['ctx']['error']}"
            case _:
                reason = f"{dotted}: {first['msg']}, not {first['input']!r}"
        if more:
            reason += f" (and {len(more)} more in this file)"
        return self.refusal(loc, reason)


def _plain(node: Any) -> Any:
    match node:
        case dict():
            return {key: _plain(value) for key, value in node.items()}
        case list():
            return [_plain(value) for value in node]
        case _:
            return node


def _unknown_key(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return f"there is no key {key!r}; did you mean {near[0]!r}?"
    return f"there is no key {key!r}; write one of {', '.join(known)}"


def _keys_at(model: type[BaseModel], at: Loc) -> list[str]:
    for step in at:
        field = model.model_fields.get(str(step))
        inner = (
            [each for each in _candidates(field.annotation) if _is_model(each)] if field else []
        )
        if not inner:
            break
        model = inner[0]
    return list(model.model_fields)


def _candidates(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *get_args(annotation))


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
