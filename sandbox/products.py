"""Platform calls on products and their inventory."""

from typing import Any

from sandbox.calls import Call
from sandbox.errors import ApiError, Code
from sandbox.store import Doc
from sandbox.webhooks import emit
from sandbox.world import World

_MOST_PRODUCT_IDS = 100
_MOST_SKU_IDS = 600
_MOST_SWITCHED = 20
_MOST_QUANTITY = 99_999
_LOW_STOCK = 5


def product_detail(call: Call) -> Doc:
    """Answer `GET /product/{v}/products/{product_id}`."""
    product = _product(call, call.ids["product_id"])
    skus = [
        {name: value for name, value in sku.items() if name not in {"available", "committed"}}
        | {"inventory": [{"warehouse_id": sku["warehouse_id"], "quantity": sku["available"]}]}
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
                        "warehouse_id": sku["warehouse_id"],
                        "available_quantity": sku["available"],
                        "committed_quantity": sku["committed"],
                    }
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
            _set_quantity(call, product, entry)
        except ApiError as error:
            detail = {"sku_id": str(entry.get("id")), "extra_errors": []}
            errors.append({"code": error.code, "message": error.message, "detail": detail})
    return {"errors": errors}


def _set_quantity(call: Call, product: Doc, entry: Doc) -> None:
    sku = next((s for s in product["skus"] if s["id"] == str(entry.get("id"))), None)
    if sku is None:
        raise ApiError(Code.NO_PRODUCT, f"SKU {entry.get('id')!r} does not exist")
    places = entry.get("inventory") or []
    if not places:
        raise ApiError(Code.PRODUCT_CHECK, "inventory is required")
    if any(place.get("warehouse_id") not in {None, sku["warehouse_id"]} for place in places):
        raise ApiError(Code.NO_WAREHOUSE, "warehouse_id does not exist")
    quantity: Any = places[0].get("quantity")
    least = 0 if call.world.scenario.allow_zero_inventory else 1
    if not isinstance(quantity, int) or not least <= quantity <= _MOST_QUANTITY:
        raise ApiError(Code.PRODUCT_CHECK, f"quantity must be {least} to {_MOST_QUANTITY}")
    set_available(call.world, product, sku, quantity)
    names = {"product_id": product["id"], "sku_id": sku["id"]}
    place = {"warehouse_id": sku["warehouse_id"], "quantity": quantity, "kind": "quantity"}
    call.world.record_effect("inventory", {"shop_id": call.shop_id} | names | place)


def _level(available: int) -> str:
    if available == 0:
        return "OUT_OF_STOCK"
    return "LOW_STOCK" if available <= _LOW_STOCK else "SUFFICIENT_STOCK"


def set_available(world: World, product: Doc, sku: Doc, quantity: int) -> None:
    """Set a SKU's stock; a change of level goes out as a webhook."""
    before = _level(sku["available"])
    sku["available"] = quantity
    world.products.put(product["id"], product)
    if _level(quantity) == before:
        return
    data = {
        "product_id": product["id"],
        "sku_id": sku["id"],
        "trigger_reason": {"alert_type": "REALTIME", "low_stock_threshold": _LOW_STOCK},
        "current_inventory_status": _level(quantity),
        "inventory_distribution": {
            "total_quantity": quantity + sku["committed"],
            "available_quantity": quantity,
            "committed_quantity": sku["committed"],
        },
        "update_time": world.now(),
    }
    emit(world, product["shop_id"], 27, data)


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
            detail = {"product_id": product_id, "extra_errors": []}
            errors.append({"code": error.code, "message": error.message, "detail": detail})
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
