"""Carriers as the shop's own file names them: where each is reached, in which language."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from domain.durations import PositiveDuration
from domain.markets import Zone
from domain.yaml_lines import Document

ANY = "*"
"""Stands for every carrier that has no entry of its own."""


class Carrier(BaseModel):
    """How one carrier is reached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    """As the platform prints it; `*` stands for all that have no entry."""
    address: SecretStr
    """An apprise address, such as mailto://… or lark://…."""
    addressee: str = ""
    language: str | None = None
    """BCP 47 tag of the carrier's desk; the market's unless given."""
    zone: Zone | None = None
    """IANA zone of the carrier's desk; the market's unless given."""
    answer_within: PositiveDuration | None = None


def _each_once(carriers: tuple[Carrier, ...]) -> tuple[Carrier, ...]:
    names = [one.name.casefold() for one in carriers]
    for one in carriers:
        if names.count(one.name.casefold()) > 1:
            raise ValueError(f"{one.name!r} is named twice; keep one entry for it")
    return carriers


class CarrierList(BaseModel):
    """Every carrier of an installation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carriers: Annotated[tuple[Carrier, ...], AfterValidator(_each_once)] = ()

    def named(self, name: str) -> Carrier | None:
        """Return the entry of a carrier, in any case of letters, or the one for all others."""
        by_name = {one.name.casefold(): one for one in self.carriers}
        return by_name.get(name.strip().casefold()) or by_name.get(ANY)


def parse_carriers(text: str, *, filename: str) -> CarrierList:
    """Return the carriers that a file names.

    Raises:
        PlaybookError: Not YAML, an unknown key, a bad value, or a carrier named twice; names
            file and line.
    """
    return Document(text, filename=filename).read_as(CarrierList)
