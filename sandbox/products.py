"""Platform calls on products and their inventory."""

from typing import Any

from sandbox.calls import Call
from sandbox.errors import ApiError, Code
from sandbox.stock import places, set_place
from sandbox.store import Doc
from sandbox.webhooks import emit

_MOST_PRODUCT_IDS = 100
_MOST_SKU_IDS = 600
_MOST_SWITCHED = 20
_MOST_QUANTITY = 99_999
_STOCK = frozenset({"available", "committed", "warehouses"})
"""Fields of a SKU that the platform prints in other shapes."""


def product_detail(call: Call) -> Doc:
    """Answer `GET /product/{v}/products/{product_id}`."""
    product = _product(call, call.ids["product_id"])
    skus = [
        {name: value for name, value in sku.items() if name not in _STOCK}
        | {
            "inventory": [
                {"warehouse_id": place["warehouse_id"], "quantity": place["available"]}
                for place in places(sku)
            ]
        }
        for sku in product["skus"]
    ]
    view = {name: value for name, value in product.items() if name != "shop_id"}
    return view | {"skus": skus}


def _product(call: Call, product_id: str) -> Doc:
    product = call.world.products.get(product_id)
    if product is None:
        raise ApiError(Code.NO_PRODUCT, f"product {product_id!r} does not exist")
    if product["shop_id"] != call.shop_id:
        raise ApiError(Code.FOREIGN_PRODUCT, f"product {product_id!r} is not yours")
    return product


def search_inventory(call: Call) -> Doc:
    """Answer `POST /product/{v}/inventory/search`; SKU ids win over product ids."""
    sku_ids = [str(i) for i in call.body.get("sku_ids") or []]
    product_ids = [str(i) for i in call.body.get("product_ids") or []]
    if len(sku_ids) > _MOST_SKU_IDS or len(product_ids) > _MOST_PRODUCT_IDS:
        raise ApiError(Code.TOO_MANY_IDS, "too many ids")
    if not sku_ids and not product_ids:
        raise ApiError(Code.PRODUCT_CHECK, "product_ids or sku_ids is required")
    world = call.world
    if sku_ids:
        named = (world.product_of_sku.get((call.shop_id, sku_id)) for sku_id in sku_ids)
        product_ids = list(dict.fromkeys(product_id for product_id in named if product_id))
    held = (world.products.get(product_id) for product_id in product_ids)
    mine = [product for product in held if product and product["shop_id"] == call.shop_id]
    return {"inventory": [_inventory(product, sku_ids) for product in mine]}


def _inventory(product: Doc, sku_ids: list[str]) -> Doc:
    skus = [sku for sku in product["skus"] if not sku_ids or sku["id"] in sku_ids]
    return {
        "product_id": product["id"],
        "skus": [
            {
                "id": sku["id"],
                "seller_sku": sku["seller_sku"],
                "total_available_quantity": sku["available"],
                "total_committed_quantity": sku["committed"],
                "warehouse_inventory": [
                    {
                        "warehouse_id": place["warehouse_id"],
                        "available_quantity": place["available"],
                        "committed_quantity": place["committed"],
                    }
                    for place in places(sku)
                ],
            }
            for sku in skus
        ],
    }


def update_inventory(call: Call) -> Doc:
    """Answer `POST /product/{v}/products/{product_id}/inventory/update`; each SKU by itself."""
    product = _product(call, call.ids["product_id"])
    wanted = call.body.get("skus") or []
    if not wanted:
        raise ApiError(Code.PRODUCT_CHECK, "skus is required")
    errors: list[Doc] = []
    for entry in wanted:
        try:
            extra = _set_sku(call, product, entry)
        except ApiError as error:
            errors.append(_failure(error, {"sku_id": str(entry.get("id")), "extra_errors": []}))
            continue
        if extra:
            named = {"sku_id": str(entry["id"]), "extra_errors": extra}
            first = ApiError(extra[0]["code"], f"{len(extra)} warehouses were left as they are")
            errors.append(_failure(first, named))
    return {"errors": errors}


def _failure(error: ApiError, detail: Doc) -> Doc:
    return {"code": error.code, "message": error.message, "detail": detail}


def _set_sku(call: Call, product: Doc, entry: Doc) -> list[Doc]:
    """Set a SKU in each of its warehouses; return those that refused."""
    sku = next((s for s in product["skus"] if s["id"] == str(entry.get("id"))), None)
    if sku is None:
        raise ApiError(Code.NO_PRODUCT, f"SKU {entry.get('id')!r} does not exist")
    refused: list[Doc] = []
    for place, quantity in _wanted(sku, entry.get("inventory") or []):
        try:
            _check_quantity(call, place, quantity)
        except ApiError as error:
            told = {"code": error.code, "message": error.message}
            refused.append({"warehouse_id": place["warehouse_id"]} | told)
            continue
        set_place(call.world, product, sku, place, quantity)
        names = {"product_id": product["id"], "sku_id": sku["id"]}
        done = {"warehouse_id": place["warehouse_id"], "quantity": quantity, "kind": "quantity"}
        call.world.record_effect("inventory", {"shop_id": call.shop_id} | names | done)
    return refused


def _wanted(sku: Doc, inventory: list[Doc]) -> list[tuple[Doc, Any]]:
    """Pair the SKU's warehouses with the quantities asked for; all of them must be named.

    Raises:
        ApiError: None given, an unknown warehouse, or one left out.
    """
    if not inventory:
        raise ApiError(Code.PRODUCT_CHECK, "inventory is required")
    held = {place["warehouse_id"]: place for place in places(sku)}
    only = next(iter(held)) if len(held) == 1 else ""
    asked = {str(one.get("warehouse_id") or only): one.get("quantity") for one in inventory}
    if set(asked) - set(held):
        raise ApiError(Code.NO_WAREHOUSE, "warehouse_id does not exist")
    if set(held) - set(asked):
        raise ApiError(Code.PRODUCT_CHECK, "all warehouses of the SKU must be given")
    return [(held[warehouse], quantity) for warehouse, quantity in asked.items()]


def _check_quantity(call: Call, place: Doc, quantity: object) -> None:
    refuses_zero = not call.world.scenario.allow_zero_inventory or place["refuses"] == "zero"
    least = 1 if refuses_zero else 0
    if place["refuses"] == "any":
        raise ApiError(Code.PRODUCT_CHECK, "the warehouse does not take changes")
    if type(quantity) is not int or not least <= quantity <= _MOST_QUANTITY:
        raise ApiError(Code.PRODUCT_CHECK, f"quantity must be {least} to {_MOST_QUANTITY}")


def activate(call: Call) -> Doc:
    """Answer `POST /product/{v}/products/activate`."""
    return _switch(call, status="ACTIVATE", kind="activate")


def deactivate(call: Call) -> Doc:
    """Answer `POST /product/{v}/products/deactivate`."""
    return _switch(call, status="SELLER_DEACTIVATED", kind="deactivate")


def _switch(call: Call, *, status: str, kind: str) -> Doc:
    ids = [str(i) for i in call.body.get("product_ids") or []]
    if not 1 <= len(ids) <= _MOST_SWITCHED:
        raise ApiError(Code.TOO_MANY_IDS, f"product_ids must name 1 to {_MOST_SWITCHED} products")
    errors: list[Doc] = []
    for product_id in ids:
        try:
            _switch_one(call, _product(call, product_id), status, kind)
        except ApiError as error:
            errors.append(_failure(error, {"product_id": product_id, "extra_errors": []}))
    return {"errors": errors}


def _switch_one(call: Call, product: Doc, status: str, kind: str) -> None:
    if product["status"] not in {"ACTIVATE", "SELLER_DEACTIVATED"}:
        raise ApiError(
            Code.PRODUCT_STATUS, f"product status {product['status']} does not allow it"
        )
    product |= {"status": status, "update_time": call.world.now()}
    call.world.products.put(product["id"], product)
    effect = {"shop_id": call.shop_id, "product_id": product["id"], "kind": kind}
    call.world.record_effect("inventory", effect)
    data = {
        "product_id": int(product["id"]),
        "status": "PRODUCT_STATUS_CHANGED",
        "suspended_reason": "",
        "update_time": call.world.now(),
    }
    emit(call.world, call.shop_id, 5, data)
