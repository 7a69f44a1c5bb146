"""Which ads show which SKU, as the shop's own file says; the platform does not tell."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.yaml_lines import Document

AdId = Annotated[str, Field(pattern=r"^[0-9]{1,30}$")]
"""A number as the platform prints it, in quotes; a bare one would lose its last digits."""


class AdsOfSku(BaseModel):
    """What is paused when a SKU is short."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    campaigns: tuple[AdId, ...] = ()
    ad_groups: tuple[AdId, ...] = ()
    smart_campaigns: tuple[AdId, ...] = ()
    smart_ad_groups: tuple[AdId, ...] = ()
    """Of upgraded Smart+ campaigns, which are switched by calls of their own."""


class AdsOfShop(BaseModel):
    """The advertiser of a shop and its ads by SKU."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shop_id: Annotated[str, Field(min_length=1)]
    advertiser_id: AdId
    skus: dict[str, AdsOfSku] = {}
    """SKU ID -> its ads."""


def _each_once(shops: tuple[AdsOfShop, ...]) -> tuple[AdsOfShop, ...]:
    ids = [one.shop_id for one in shops]
    for shop_id in ids:
        if ids.count(shop_id) > 1:
            raise ValueError(f"shop {shop_id} is there twice; keep one entry for it")
    return shops


class AdMap(BaseModel):
    """The ads of every shop of an installation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shops: Annotated[tuple[AdsOfShop, ...], AfterValidator(_each_once)] = ()

    def of(self, shop_id: str) -> AdsOfShop | None:
        """Return the ads of a shop, None where nobody wrote them down."""
        return next((one for one in self.shops if one.shop_id == shop_id), None)


def parse_ads(text: str, *, filename: str) -> AdMap:
    """Return the ads that a file names.

    Raises:
        PlaybookError: Not YAML, an unknown key, a bad value or a shop that is there twice; names
            file and line.
    """
    return Document(text, filename=filename).read_as(AdMap)
