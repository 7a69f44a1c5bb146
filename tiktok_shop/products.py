"""Stock, prices, and taking a product off sale.

Source: TikTok Shop API, product 202309 (docs, autumn 2026).
"""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from domain.orders import SkuStock
from tiktok_shop.errors import NotFoundError
from tiktok_shop.gateway import plain_ids
from tiktok_shop.party import Party
from tiktok_shop.versions import Operation
from tiktok_shop.wire import Wire

_SKUS_PER_CALL = 600
_PRODUCTS_PER_CALL = 20


class ProductPrices(BaseModel):
    """A product's title and the price of each of its SKUs before discounts."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    title: str
    prices: Mapping[str, Money]
    """By SKU id; a SKU without a readable price is absent."""
    status: str = ""
    """The platform's word, such as ACTIVATE, SELLER_DEACTIVATED, or PENDING while audited."""


class _Warehouse(Wire):
    warehouse_id: str = Field(min_length=1)
    available_quantity: int = 0


class _StockedSku(Wire):
    id: str = Field(min_length=1)
    seller_sku: str = ""
    total_available_quantity: int
    warehouse_inventory: tuple[_Warehouse, ...] = ()


class _StockedProduct(Wire):
    product_id: str
    skus: tuple[_StockedSku, ...] = ()


class _Inventory(Wire):
    inventory: tuple[_StockedProduct, ...] = ()

    def stocks(self) -> list[SkuStock]:
        return [
            SkuStock(
                sku_id=sku.id,
                product_id=product.product_id,
                seller_sku=sku.seller_sku,
                available=sku.total_available_quantity,
            )
            for product in self.inventory
            for sku in product.skus
        ]

    def warehouses(self, sku_id: str) -> dict[str, int]:
        return {
            place.warehouse_id: place.available_quantity
            for product in self.inventory
            for sku in product.skus
            if sku.id == sku_id
            for place in sku.warehouse_inventory
        }


class _Price(Wire):
    currency: str = ""
    sale_price: str = ""
    tax_exclusive_price: str = ""

    def money(self) -> Money | None:
        # Cross-border sellers may see only the price before tax.
        shown = self.sale_price or self.tax_exclusive_price
        return Money.parse(shown, self.currency) if shown and self.currency else None


class _PricedSku(Wire):
    id: str = Field(min_length=1)
    price: _Price = _Price()


class _Product(Wire):
    title: str = ""
    status: str = ""
    skus: tuple[_PricedSku, ...] = ()

    def prices(self) -> dict[str, Money]:
        read = ((sku.id, sku.price.money()) for sku in self.skus)
        return {sku_id: price for sku_id, price in read if price is not None}


class ProductCalls(Party):
    """Reading stock and prices, setting stock, pausing products."""

    async def inventory(self, *, shop_id: str, sku_ids: Sequence[str]) -> list[SkuStock]:
        """Return the units the platform would still sell; unknown SKUs are left out."""
        wanted = list(dict.fromkeys(sku_ids))
        found: list[SkuStock] = []
        for start in range(0, len(wanted), _SKUS_PER_CALL):
            answer = await self._gateway.call(
                Operation.SEARCH_INVENTORY,
                shop_id=shop_id,
                body={"sku_ids": wanted[start : start + _SKUS_PER_CALL]},
            )
            found += answer.read(_Inventory, _Inventory.stocks)
        return found

    async def warehouse_stock(self, *, shop_id: str, sku_id: str) -> dict[str, int]:
        """Return the available units of one SKU by warehouse id; empty if unknown."""
        answer = await self._gateway.call(
            Operation.SEARCH_INVENTORY, shop_id=shop_id, body={"sku_ids": [sku_id]}
        )
        return answer.read(_Inventory, lambda found: found.warehouses(sku_id))

    async def update_inventory(
        self, *, shop_id: str, product_id: str, sku_id: str, by_warehouse: Mapping[str, int]
    ) -> None:
        """Set the units of one SKU in every warehouse that keeps it.

        Whether the newest version takes a quantity of zero is not documented; a shop that refuses
        it answers with InvalidRequestError or PartialFailureError.

        Args:
            shop_id: The shop.
            product_id: The SKU's product.
            sku_id: The SKU.
            by_warehouse: Units by warehouse id; the platform wants all of the SKU's warehouses.

        Raises:
            PartialFailureError: Some warehouses were left as they are.
        """
        places = [
            {"warehouse_id": place, "quantity": units} for place, units in by_warehouse.items()
        ]
        await self._gateway.call(
            Operation.UPDATE_INVENTORY,
            shop_id=shop_id,
            ids={"product_id": product_id},
            body={"skus": [{"id": sku_id, "inventory": places}]},
        )

    async def product_prices(self, *, shop_id: str, product_id: str) -> ProductPrices:
        """Return title, prices and status of a product.

        Raises:
            NotFoundError: No such product in this shop.
        """
        answer = await self._gateway.call(
            Operation.GET_PRODUCT, shop_id=shop_id, ids={"product_id": product_id}
        )
        return answer.read(
            _Product,
            lambda product: ProductPrices(
                product_id=product_id,
                title=product.title,
                prices=product.prices(),
                status=product.status,
            ),
        )

    async def sku(self, *, shop_id: str, sku_id: str) -> SkuStock | None:
        """Return one SKU with stock, product name and price; None if the shop does not know it."""
        wanted = [plain_ids([sku_id], field="sku_id")]
        found = await self.inventory(shop_id=shop_id, sku_ids=wanted)
        stock = next((entry for entry in found if entry.sku_id == sku_id), None)
        if stock is None:
            return None
        try:
            listed = await self.product_prices(shop_id=shop_id, product_id=stock.product_id)
        except NotFoundError:
            return stock
        return stock.model_copy(
            update={"product_name": listed.title, "price": listed.prices.get(sku_id)}
        )

    async def deactivate_products(self, *, shop_id: str, product_ids: Sequence[str]) -> None:
        """Take products off sale.

        Raises:
            PartialFailureError: Some products stayed on sale.
        """
        await self._switch(Operation.DEACTIVATE_PRODUCTS, shop_id, product_ids)

    async def activate_products(self, *, shop_id: str, product_ids: Sequence[str]) -> None:
        """Put products back on sale; the platform audits them anew first.

        Raises:
            PartialFailureError: Some products stayed off sale.
        """
        await self._switch(Operation.ACTIVATE_PRODUCTS, shop_id, product_ids)

    async def _switch(
        self, operation: Operation, shop_id: str, product_ids: Sequence[str]
    ) -> None:
        for start in range(0, len(product_ids), _PRODUCTS_PER_CALL):
            batch = list(product_ids[start : start + _PRODUCTS_PER_CALL])
            await self._gateway.call(operation, shop_id=shop_id, body={"product_ids": batch})
