"""What a merchant's own endpoint says of an appeal that it files; docs/gateway.md describes it."""

from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

PENDING = "pending"
"""What the endpoint calls a filing that it has taken and not handed in yet."""


def _or_nothing(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


class EndpointFiling(BaseModel):
    """One filing; further fields are ignored."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", str_strip_whitespace=True, coerce_numbers_to_str=True
    )

    reference: str = Field(default="", max_length=200)
    """What the platform called it; empty while it waits to be handed in."""
    filed_at: Annotated[AwareDatetime | None, WrapValidator(_or_nothing)] = None
    """None where it says nothing that can be read; the filing counts all the same."""
    status: str = ""


def read_filing(body: bytes, *, taken: bool = False) -> EndpointFiling | None:
    """Return the filing in an answer.

    Args:
        body: The answer, JSON.
        taken: Whether its status says already that the filing waits to be handed in.

    Returns:
        Without a reference while it waits; None for an answer that is no filing, so that nobody
        knows what was done.
    """
    try:
        filing = EndpointFiling.model_validate_json(body)
    except ValidationError:
        return None
    if taken or filing.status == PENDING:
        return filing.model_copy(update={"reference": ""})
    return filing if filing.reference else None
