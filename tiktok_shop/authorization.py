"""Which shops a consent covers, each with the cipher its calls need.

Source: TikTok Shop API, get authorized shops 202309 (docs, autumn 2026).
"""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tiktok_shop.party import Party
from tiktok_shop.versions import Operation
from tiktok_shop.wire import Wire


class ShopAuthorization(BaseModel):
    """One shop of a consent."""

    model_config = ConfigDict(frozen=True)

    shop_id: str
    name: str
    region: str
    seller_type: str
    """LOCAL or CROSS_BORDER."""
    cipher: str


class _Shop(Wire):
    id: str = Field(min_length=1)
    name: str = ""
    region: str
    seller_type: str = ""
    cipher: str = Field(min_length=1)


class _Shops(Wire):
    shops: tuple[_Shop, ...] = ()

    def authorizations(self) -> list[ShopAuthorization]:
        return [
            ShopAuthorization(
                shop_id=shop.id,
                name=shop.name,
                region=shop.region,
                seller_type=shop.seller_type,
                cipher=shop.cipher,
            )
            for shop in self.shops
        ]


class AuthorizationCalls(Party):
    """What comes right after a consent."""

    async def authorized_shops(self, *, access_token: SecretStr) -> list[ShopAuthorization]:
        """Return the shops of a consent; the token answer itself names none."""
        answer = await self._gateway.call_with(
            Operation.AUTHORIZED_SHOPS, access_token=access_token
        )
        return answer.read(_Shops, _Shops.authorizations)
