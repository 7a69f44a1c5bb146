"""The token host: consent codes to tokens, refresh, and what a token may do."""

import secrets

from sandbox.errors import ApiError, Code
from sandbox.shops import APP_KEY, APP_SECRET
from sandbox.store import Doc
from sandbox.world import World

CHAT_SCOPE = "seller.customer_service"
SCOPES = (
    "seller.authorization.info",
    "seller.order.info",
    "seller.fulfillment.basic",
    "seller.logistics",
    "seller.return_refund.basic",
    "seller.product.basic",
    "seller.product.write",
    "seller.promotion.info",
)


def get_token(world: World, query: dict[str, str]) -> Doc:
    """Answer `GET /api/v2/token/get`."""
    _check_app(query, "authorized_code")
    code = query.get("auth_code", "")
    shops = [shop for shop in world.shops.all() if code and shop["auth_code"] == code]
    if not shops:
        raise ApiError(Code.AUTH_CODE_INVALID, "auth_code is invalid")
    return _issue(world, [shop["id"] for shop in shops])


def refresh_token(world: World, query: dict[str, str]) -> Doc:
    """Answer `GET /api/v2/token/refresh`; the refresh token given ends with it."""
    _check_app(query, "refresh_token")
    given = query.get("refresh_token", "")
    held = world.refresh_tokens.get(given)
    if held is None or held["expires"] <= world.clock.gateway():
        raise ApiError(Code.REFRESH_INVALID, "refresh_token is invalid or expired")
    world.refresh_tokens.remove(given)
    return _issue(world, held["shop_ids"])


def _check_app(query: dict[str, str], grant_type: str) -> None:
    if query.get("app_key") != APP_KEY or query.get("app_secret") != APP_SECRET:
        raise ApiError(Code.TOKEN_PARAMETER, "app_key or app_secret is invalid")
    if query.get("grant_type") != grant_type:
        raise ApiError(Code.TOKEN_PARAMETER, f"grant_type must be {grant_type}")


def _issue(world: World, shop_ids: list[str]) -> Doc:
    now, scenario = world.clock.gateway(), world.scenario
    shops = [world.shops.rows[shop_id] for shop_id in shop_ids]
    chat = [CHAT_SCOPE] if any(shop["chat"] for shop in shops) else []
    access, refresh = f"ROW_{secrets.token_urlsafe(48)}", f"ROW_{secrets.token_urlsafe(32)}"
    expires = int(now + scenario.token_life_seconds)
    refresh_expires = int(now + scenario.refresh_life_seconds)
    scopes = [*SCOPES, *chat]
    held = {"shop_ids": shop_ids, "expires": expires, "scopes": scopes}
    world.access_tokens.put(access, held)
    world.refresh_tokens.put(refresh, {"shop_ids": shop_ids, "expires": refresh_expires})
    return {
        "access_token": access,
        "access_token_expire_in": expires,
        "refresh_token": refresh,
        "refresh_token_expire_in": refresh_expires,
        "open_id": f"sbx{shop_ids[0]}",
        "seller_name": shops[0]["name"],
        "seller_base_region": shops[0]["region"],
        "user_type": 0,
        "granted_scopes": scopes,
    }
