"""Which reaction each code of the Marketing API asks for, as one table.

Source: TikTok API for Business, return codes (docs, autumn 2026); 61000 and 51010 were seen by
other clients only.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tiktok_shop import errors as e

_BY_REACTION: Mapping[type[e.ShopError], tuple[int, ...]] = {
    e.PartialFailureError: (20001,),
    e.PermissionDeniedError: (40001,),
    e.InvalidRequestError: (40002,),
    e.NotFoundError: (40007, 40300),
    e.RateLimitedError: (40016, 40100, 40132, 61000),
    # The token lives until it is withdrawn and has no refresh, so a person has to authorize again.
    e.AuthorizationGoneError: (40102, 40104, 40105),
    e.LookFirstError: (40202,),
    e.ShopUnavailableError: (50000, 50002, 51010),
}

MARKETING_CODES: Mapping[int, type[e.ShopError]] = MappingProxyType(
    {code: kind for kind, codes in _BY_REACTION.items() for code in codes}
)
"""Code of the Marketing API to reaction."""

_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500


def ad_reaction(
    *, code: int | None, message: str, http_status: int, writes: bool
) -> type[e.ShopError]:
    """Return the class of failure for a refused call of the Marketing API.

    Args:
        code: The code, None if the answer could not be read.
        message: The text; no code of this API needs it to be told apart.
        http_status: Status of the answer, practically always 200; 429 and 5xx outrank the code.
        writes: Whether the call changes something.

    Returns:
        The class to raise; a code we have never met goes to a person.
    """
    del message
    if http_status == _TOO_MANY_REQUESTS:
        return e.RateLimitedError
    if http_status >= _SERVER_ERRORS or code is None:
        return e.ShopUnavailableError
    kind = MARKETING_CODES.get(code, e.UnclearRefusalError)
    return e.ShopUnavailableError if kind is e.LookFirstError and not writes else kind
