"""Coupons made in Seller Center: look-ups and the conditions for sending one in chat."""

from sandbox.calls import Call, page
from sandbox.errors import ApiError, Code
from sandbox.store import Doc

_MOST_COUPONS = 100
_USUAL_COUPONS = 50


def why_not_sendable(coupon: Doc) -> str:
    """Return why a coupon cannot go out as a chat card, or an empty string."""
    if coupon["display_type"] not in {"CHAT", "REGULAR"}:
        return "display_type must be CHAT or REGULAR"
    if coupon["status"] != "ONGOING":
        return "status must be ONGOING"
    if coupon["creation_source"] != "SELLER_CENTER":
        return "creation_source must be SELLER_CENTER"
    if coupon.get("target_buyer_segment") == "REPEAT_CUSTOMERS":
        return "target_buyer_segment must not be REPEAT_CUSTOMERS"
    return ""


def search_coupons(call: Call) -> Doc:
    """Answer `POST /promotion/202406/coupons/search`."""
    world, body = call.world, call.body
    held = (world.coupons.rows[i] for i in world.coupons_of_shop.keys(call.shop_id))
    rows = [_view(coupon) for coupon in held if _wanted(coupon, body)]
    return page(call, rows, name="coupons", most=_MOST_COUPONS, usual=_USUAL_COUPONS)


def _wanted(coupon: Doc, body: Doc) -> bool:
    return (
        (not body.get("status") or coupon["status"] in body["status"])
        and (not body.get("display_type") or coupon["display_type"] in body["display_type"])
        and str(body.get("title_keyword") or "") in coupon["title"]
    )


def coupon_detail(call: Call) -> Doc:
    """Answer `GET /promotion/202406/coupons/{coupon_id}`."""
    coupon = call.world.coupons.get(call.ids["coupon_id"])
    if coupon is None or coupon["shop_id"] != call.shop_id:
        raise ApiError(Code.COUPON_MISSING, f"coupon {call.ids['coupon_id']!r} not found")
    return {"coupon": _view(coupon)}


def _view(coupon: Doc) -> Doc:
    return {name: value for name, value in coupon.items() if name != "shop_id"}
