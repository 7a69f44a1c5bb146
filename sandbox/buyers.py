"""What buyers do: write, cancel, order, block the shop."""

from sandbox.cancellations import request_by_buyer
from sandbox.chat import buyer_says
from sandbox.errors import ControlError
from sandbox.order_intake import add_order
from sandbox.orders import announce
from sandbox.stock import sell
from sandbox.store import Doc
from sandbox.world import World, buyer_of


def act(world: World, order: Doc, deed: Doc) -> Doc:
    """Let the buyer of *order* do one thing.

    Args:
        world: The shops.
        order: Whose buyer acts.
        deed: One of `say`, `cancel`, `order`, `blocked`, `cod`.

    Returns:
        What came of it.

    Raises:
        ControlError: Nothing known is asked for.
    """
    if "say" in deed:
        message = buyer_says(world, order, str(deed["say"]))
        names = ("id", "conversation_id", "index")
        return {"message": {name: message[name] for name in names}}
    if "order" in deed:
        return {"order_id": place_order(world, order, deed["order"])["id"]}
    if deed.get("cancel"):
        row = request_by_buyer(world, order)
        return {"cancel_id": row["id"], "cancel_status": row["cancel_status"]} if row else {}
    if "blocked" in deed:
        buyer = buyer_of(order)
        return world.buyers.put(buyer.key, {"blocked": bool(deed["blocked"])})
    if "cod" in deed:
        order["is_cod"] = bool(deed["cod"])
        order.pop("paid_time", None)
        world.orders.put(order["id"], order)
        return {"is_cod": order["is_cod"]}
    raise ControlError("say what the buyer does: say, cancel, order, blocked or cod")


def place_order(world: World, former: Doc, wanted: Doc) -> Doc:
    """Let a buyer buy again in the same shop, paid at once; the stock goes down.

    Raises:
        ControlError: The shop has no such SKU.
    """
    sku_id, quantity = str(wanted.get("sku_id", "")), int(wanted.get("quantity", 1))
    raw = {
        "shop_id": former["shop_id"],
        "user_id": former["user_id"],
        "buyer_email": former["buyer_email"],
        "line_items": [{"sku_id": sku_id, "quantity": quantity}],
    }
    order = add_order(world, raw)
    found = world.find_sku(former["shop_id"], sku_id)
    if found is not None:
        sell(world, *found, quantity)
    announce(world, order)
    return order
