"""Controls of what stands beside the orders: packages, stock, ads, penalty notices."""

from typing import Annotated, Any

from fastapi import Body, FastAPI

from sandbox import ads, packages, penalties, stock
from sandbox.errors import ControlError
from sandbox.store import Doc
from sandbox.world import World

_Json = Annotated[dict[str, Any], Body()]


def desk_routes(app: FastAPI, world: World) -> None:
    """Add the controls to the app that answers /_control/."""
    _package_routes(app, world)
    _stock_routes(app, world)
    _ad_routes(app, world)
    _penalty_routes(app, world)


def _package_routes(app: FastAPI, world: World) -> None:
    @app.get("/_control/packages")
    async def held_packages(shop_id: str = "", package_id: str = "") -> Doc:
        ids = world.packages_of_shop.keys(shop_id) if shop_id else list(world.packages.rows)
        if package_id:
            ids = [package_id] if package_id in world.packages.rows else []
        held = (world.packages.rows[i] for i in ids)
        return {"packages": [packages.control_view(world, package) for package in held]}


def _stock_routes(app: FastAPI, world: World) -> None:
    @app.post("/_control/stock")
    async def set_stock(body: _Json) -> Doc:
        held = world.find_sku(str(body.get("shop_id", "")), str(body.get("sku_id", "")))
        if held is None:
            raise ControlError(f"SKU {body.get('sku_id')!r} is not known in that shop")
        sku = stock.move(world, *held, body)
        world.store.flush()
        return sku


def _ad_routes(app: FastAPI, world: World) -> None:
    @app.get("/_control/ads")
    async def all_ads() -> Doc:
        return {"advertisers": ads.control_view(world)}

    @app.post("/_control/ads")
    async def change(body: _Json) -> Doc:
        try:
            changed = ads.add_or_change(world, body)
        finally:
            world.store.flush()
        return changed


def _penalty_routes(app: FastAPI, world: World) -> None:
    @app.get("/_control/penalties")
    async def notices(shop_id: str = "") -> Doc:
        held = world.penalties.all()
        return {"penalties": [one for one in held if shop_id in {"", one["shop_id"]}]}

    @app.post("/_control/penalties")
    async def put_notice(body: _Json) -> Doc:
        notice = penalties.put_notice(world, body)
        world.store.flush()
        return notice
