"""How the run of a case begins: it reads its start input before any of its doors is used."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.errors import InputError
    from workflows import payloads
    from workflows.case import Case

C = TypeVar("C", bound=Case)
M = TypeVar("M", bound=BaseModel)

BAD_INPUT = "BadInput"
"""Error type of a start that names no case."""


class CaseRun(Generic[C]):
    """A run of one case, or of a start input that names none."""

    case: C | None = None
    bad_input: InputError | None = None

    def begin(self, model: type[M], payload: Any, case_of: Callable[[M], C]) -> None:
        """Read the start input; one that names no case fails the run, not its first task.

        Args:
            model: What the kind is started with.
            payload: The start input.
            case_of: Returns the case that it names; raises InputError where it names none.
        """
        try:
            self.case = case_of(payloads.read(model, payload))
        except InputError as error:
            self.bad_input = error

    def begun(self) -> C:
        """Return the case that the start input named.

        Raises:
            ApplicationError: The start input cannot be used; never retried.
        """
        if self.case is None:
            raise bad_input(self.bad_input or InputError("payload", "is required"))
        return self.case


def bad_input(error: InputError) -> ApplicationError:
    """Return the failure that ends a run whose input cannot be used."""
    return ApplicationError(str(error), type=BAD_INPUT, non_retryable=True)


def check_id(field: str, expected: str, *, may_have_suffix: bool = True) -> None:
    """Make sure that the workflow id is the one that the start input leads to.

    Args:
        field: The part of the input that names the case within its shop.
        expected: The id that it leads to.
        may_have_suffix: Whether the id may go on after a colon.

    Raises:
        InputError: Names the field; the workflow has another id.
    """
    actual = workflow.info().workflow_id
    suffixed = may_have_suffix and actual.startswith(f"{expected}:")
    if actual != expected and not suffixed:
        raise InputError(field, f"the workflow id must be {expected}, not {actual}")
