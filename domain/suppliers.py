"""Suppliers as the shop's own file names them: where each is reached, what it delivers."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from domain.markets import Zone
from domain.yaml_lines import Document


class Supplier(BaseModel):
    """How one supplier is reached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    """What cases and incidents call it."""
    address: SecretStr
    """An apprise address, such as mailto://… or wecombot://…."""
    addressee: str = ""
    """Whom letters greet; the name unless given."""
    language: str | None = None
    """BCP 47 tag of its desk; the market's unless given."""
    zone: Zone | None = None
    """IANA zone of its desk; the market's unless given."""
    skus: tuple[str, ...] = ()
    """SKU IDs or Seller SKUs that it delivers, for those who do not name a supplier."""


def _each_once(suppliers: tuple[Supplier, ...]) -> tuple[Supplier, ...]:
    names = [one.name.casefold() for one in suppliers]
    skus = [sku for one in suppliers for sku in one.skus]
    for one in suppliers:
        if names.count(one.name.casefold()) > 1:
            raise ValueError(f"{one.name!r} is named twice; keep one entry for it")
    for sku in skus:
        if skus.count(sku) > 1:
            raise ValueError(f"SKU {sku} has two suppliers; keep it in one entry")
    return suppliers


class SupplierList(BaseModel):
    """Every supplier of an installation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suppliers: Annotated[tuple[Supplier, ...], AfterValidator(_each_once)] = ()

    def named(self, name: str) -> Supplier | None:
        """Return the entry of a supplier, in any case of letters."""
        wanted = name.strip().casefold()
        return next((one for one in self.suppliers if one.name.casefold() == wanted), None)

    def of(self, *skus: str) -> Supplier | None:
        """Return the supplier that delivers a SKU, given by any of its names."""
        return next((one for one in self.suppliers if set(one.skus) & {*skus}), None)


def parse_suppliers(text: str, *, filename: str) -> SupplierList:
    """Return the suppliers that a file names.

    Raises:
        PlaybookError: Not YAML, an unknown key, a bad value, a supplier named twice or a SKU
            with two of them; names file and line.
    """
    return Document(text, filename=filename).read_as(SupplierList)
