"""One checked platform call, as its handler sees it, and paging for all of them."""

import base64
import binascii
import json
from dataclasses import dataclass

from sandbox.errors import ApiError, Code
from sandbox.store import Doc
from sandbox.world import World

_PLUS_AND_SLASH = b"\xfb\xff"


@dataclass(frozen=True)
class Call:
    """What a handler gets after every gateway check has passed."""

    world: World
    shop: Doc
    """The shop named by the cipher; empty where the endpoint takes none."""
    token: Doc
    ids: dict[str, str]
    """Values of the path's placeholders."""
    query: dict[str, str]
    body: Doc
    version: str

    @property
    def shop_id(self) -> str:
        """Return the id of the shop that is called."""
        return str(self.shop["id"])


def page(call: Call, rows: list[Doc], *, name: str, most: int, usual: int) -> Doc:
    """Cut one page out of sorted rows.

    Args:
        call: For `page_size` and `page_token`.
        rows: Everything that matches, in the order asked for.
        name: Under which the answer lists the rows.
        most: The largest page size allowed.
        usual: The page size when none is asked for.

    Returns:
        The page, `next_page_token` (empty at the end) and `total_count`.

    Raises:
        ApiError: Page size out of range or a token that was never given out.
    """
    size = _page_size(call, most, usual)
    start = _read_token(call.query.get("page_token", ""))
    following = start + size
    token = _page_token(following) if following < len(rows) else ""
    return {name: rows[start:following], "next_page_token": token, "total_count": len(rows)}


def sort_rows(call: Call, rows: list[Doc], *, allowed: tuple[str, ...]) -> list[Doc]:
    """Sort rows by `sort_field` (default: the first allowed) and `sort_order` (default DESC)."""
    name = call.query.get("sort_field") or allowed[0]
    order = (call.query.get("sort_order") or "DESC").upper()
    if name not in allowed or order not in {"ASC", "DESC"}:
        raise ApiError(Code.BAD_PARAMETER, f"sort_field {name!r} or sort_order {order!r} invalid")
    rows.sort(key=lambda row: (row.get(name, 0), row["id"]), reverse=order == "DESC")
    return rows


Window = tuple[str, int, int]
"""Name of a time, its first second, and the first second after it."""
_FOREVER = 2**62


def windows_of(body: Doc, names: tuple[str, ...]) -> list[Window]:
    """Return the windows a search asks for: `<name>_ge` is in, `<name>_lt` is out."""
    asked = (name for name in names if body.get(f"{name}_ge") or body.get(f"{name}_lt"))
    return [
        (name, int(body.get(f"{name}_ge") or 0), int(body.get(f"{name}_lt") or _FOREVER))
        for name in asked
    ]


def inside(row: Doc, windows: list[Window]) -> bool:
    """Tell whether all times of *row* lie in their windows; one it has not counts as zero."""
    # A plain loop: a shop has thousands of rows, and each page looks at all of them.
    for name, lower, upper in windows:  # noqa: SIM110  # all() is a third slower here
        if not lower <= row.get(name, 0) < upper:
            return False
    return True


def _page_size(call: Call, most: int, usual: int) -> int:
    given = call.query.get("page_size", str(usual))
    if not given.isdigit() or not 1 <= int(given) <= most:
        raise ApiError(Code.BAD_PARAMETER, f"page_size {given!r} must be between 1 and {most}")
    return int(given)


def _page_token(start: int) -> str:
    """Make an opaque token; real ones hold +, / and =, so these always do."""
    raw = _PLUS_AND_SLASH + json.dumps(start).encode()
    return base64.b64encode(raw if len(raw) % 3 else raw + b" ").decode()


def _read_token(token: str) -> int:
    if not token:
        return 0
    try:
        raw = base64.b64decode(token, validate=True)
        start = json.loads(raw.removeprefix(_PLUS_AND_SLASH))
    except (binascii.Error, ValueError) as error:
        raise ApiError(Code.BAD_PARAMETER, f"page_token {token!r} is invalid") from error
    if not raw.startswith(_PLUS_AND_SLASH) or not isinstance(start, int) or start < 1:
        raise ApiError(Code.BAD_PARAMETER, f"page_token {token!r} is invalid")
    return start
