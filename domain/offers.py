"""Which choices a buyer may be offered, and with what."""

from pydantic import BaseModel, ConfigDict

from domain.choices import Choice
from domain.instants import Instant


class Offer(BaseModel):
    """One choice as it was put to the buyer; its letter follows from the choice."""

    model_config = ConfigDict(frozen=True)

    choice: Choice
    promised_at: Instant | None = None
    substitute_sku_id: str | None = None
    substitute_name: str = ""
    gift: str | None = None
    coupon_id: str | None = None
    coupon_title: str = ""
