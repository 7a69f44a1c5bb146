"""What the cases of an appeal know that the appeal can say: orders, instants, who did what."""

from pydantic import BaseModel, ConfigDict

from domain.appeal_texts import MomentAt
from domain.cases import CaseKind
from domain.scenarios import KnownFacts


class CaseStory(BaseModel):
    """One case as the appeal tells it."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    known: bool = True
    """False where neither the server nor the files have such a case."""
    kind: CaseKind | None = None
    shop_id: str = ""
    market: str | None = None
    order_ids: tuple[str, ...] = ()
    facts: KnownFacts = KnownFacts()
    """What points to a scenario; the violation is the appeal's own."""
    moments: tuple[MomentAt, ...] = ()
    """In order of time."""
