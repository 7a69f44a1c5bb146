"""What every port's commands are made of."""

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant


class Fact(BaseModel):
    """One frozen command or answer; fields are added with defaults and never renamed."""

    model_config = ConfigDict(frozen=True)


class EffectKey(Fact):
    """Identifies one write, whoever tries it and however often."""

    case_id: str
    step: str
    began_at: Instant
    """When the step was first tried, by the case's clock."""
    tried_before: bool = False
    """True if an earlier activity of this step may have done it: look before repeating."""


class CaseRef(Fact):
    """A case by its workflow id."""

    case_id: str


class OrderRef(Fact):
    """An order of a shop."""

    shop_id: str
    order_id: str
