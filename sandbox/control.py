"""The test controls under /_control/: look at the shops, move them, break them."""

from typing import Annotated, Any

from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse

from sandbox import buyers
from sandbox.ads import ADS_TOKEN
from sandbox.carrier import carrier_event
from sandbox.control_desks import desk_routes
from sandbox.errors import ControlError
from sandbox.faults import add_fault
from sandbox.habit_runs import happened
from sandbox.order_intake import add_order, change_order
from sandbox.orders import announce, control_view
from sandbox.shops import APP_KEY, APP_SECRET
from sandbox.store import Doc
from sandbox.timeline import Timeline
from sandbox.webhooks import EVENT_TYPES, emit
from sandbox.world import World

_EFFECTS = ("messages", "cancellations", "coupons_sent", "inventory", "shipments", "ads")
_Json = Annotated[dict[str, Any], Body()]


def control_app(world: World, timeline: Timeline) -> FastAPI:
    """Make the app that answers /_control/."""
    app = FastAPI(title="Sandbox controls", docs_url=None, redoc_url=None, openapi_url=None)
    for kind in (ControlError, AttributeError, TypeError, ValueError):
        app.add_exception_handler(kind, _refused)
    _look_routes(app, world)
    _order_routes(app, world)
    _actor_routes(app, world)
    desk_routes(app, world)
    _fault_routes(app, world)
    _clock_routes(app, timeline)
    return app


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=400)


def _look_routes(app: FastAPI, world: World) -> None:
    @app.get("/_control/shops")
    async def shops() -> Doc:
        held = [_shop_view(world, shop) for shop in world.shops.all()]
        keys = {"app_key": APP_KEY, "app_secret": APP_SECRET, "ads_access_token": ADS_TOKEN}
        return {**keys, "shops": held}

    @app.get("/_control/calls")
    async def calls(after: int = 0) -> Doc:
        return {"calls": world.calls.all()[after:]}

    @app.get("/_control/effects")
    async def effects(shop_id: str = "") -> Doc:
        answer: dict[str, list[Doc]] = {name: [] for name in _EFFECTS}
        for effect in world.effects.all():
            if shop_id in {"", effect.get("shop_id")}:
                told = {name: value for name, value in effect.items() if name != "effect"}
                answer[effect["effect"]].append(told)
        return answer

    @app.get("/_control/deliveries")
    async def deliveries() -> Doc:
        return {"deliveries": world.deliveries.all()}


def _shop_view(world: World, shop: Doc) -> Doc:
    products = (world.products.rows[i] for i in world.products_of_shop.keys(shop["id"]))
    coupons = (world.coupons.rows[i] for i in world.coupons_of_shop.keys(shop["id"]))
    named = {"shop_id": shop["id"], "products": list(products), "coupons": list(coupons)}
    return {name: value for name, value in shop.items() if name != "id"} | named


def _order_routes(app: FastAPI, world: World) -> None:
    @app.get("/_control/orders")
    async def orders(shop_id: str = "", order_id: str = "") -> Doc:
        ids = world.orders_of_shop.keys(shop_id) if shop_id else list(world.orders.rows)
        if order_id:
            ids = [order_id] if order_id in world.orders.rows else []
        return {"orders": [control_view(world, world.orders.rows[i]) for i in ids]}

    @app.post("/_control/orders")
    async def put_orders(body: _Json) -> Doc:
        given = body.get("orders")
        if not isinstance(given, list):
            raise ControlError('give {"orders": [...]}')
        try:
            changed = [_put_order(world, raw) for raw in given]
        finally:
            world.store.flush()
        return {"orders": [control_view(world, order) for order in changed]}


def _put_order(world: World, raw: Doc) -> Doc:
    held = world.orders.get(str(raw.get("id", "")))
    if held is not None:
        change_order(world, held, raw)
        return held
    order = add_order(world, raw)
    announce(world, order)
    happened(world, order, "start")
    return order


def _actor_routes(app: FastAPI, world: World) -> None:
    @app.post("/_control/buyers")
    async def buyer(body: _Json) -> Doc:
        order = world.orders.get(str(body.get("order_id", "")))
        if order is None:
            raise ControlError(f"order {body.get('order_id')!r} is not known")
        outcome = buyers.act(world, order, body)
        world.store.flush()
        return outcome

    @app.post("/_control/carrier")
    async def carrier(body: _Json) -> Doc:
        package = world.packages.get(str(body.get("package_id", "")))
        if package is None:
            raise ControlError(f"package {body.get('package_id')!r} is not known")
        carrier_event(world, package, str(body.get("event")))
        world.store.flush()
        states = {
            held["id"]: world.orders.rows[held["id"]]["status"] for held in package["orders"]
        }
        return {"package_id": package["id"], "orders": states}

    @app.post("/_control/webhooks")
    async def webhook(body: _Json) -> Doc:
        shop_id, number, data = str(body.get("shop_id")), body.get("type"), body.get("data")
        known = number in EVENT_TYPES.values() and isinstance(data, dict)
        if shop_id not in world.shops.rows or not isinstance(number, int) or not known:
            raise ControlError('give {"shop_id", "type", "data"} of a known shop and type')
        emit(world, shop_id, number, dict(data or {}))
        world.store.flush()
        return {}


def _fault_routes(app: FastAPI, world: World) -> None:
    @app.get("/_control/faults")
    async def faults() -> Doc:
        return {"faults": world.faults.all()}

    @app.post("/_control/faults")
    async def new_fault(body: _Json) -> Doc:
        fault = add_fault(world, body)
        world.store.flush()
        return fault

    @app.delete("/_control/faults")
    async def clear_faults() -> Doc:
        world.faults.clear()
        world.store.flush()
        return {}


def _clock_routes(app: FastAPI, timeline: Timeline) -> None:
    @app.get("/_control/clock")
    async def clock() -> Doc:
        return timeline.reading()

    @app.post("/_control/clock")
    async def move(body: _Json) -> Doc:
        unknown = sorted(set(body) - {"offset_seconds", "gateway_offset_seconds"})
        if unknown:
            raise ControlError(f"clock has unknown key {unknown[0]!r}")
        offset, gateway = body.get("offset_seconds"), body.get("gateway_offset_seconds")
        for value in (offset, gateway):
            if value is not None and not isinstance(value, (int, float)):
                raise ControlError(f"{value!r} is not a number of seconds")
        await timeline.move(offset=offset, gateway_offset=gateway)
        return timeline.reading()
