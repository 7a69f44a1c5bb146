"""Which reaction each platform code asks for, as one table.

Source: TikTok Shop API, common errors and the error list of each operation (docs, autumn 2026).
"""

from collections.abc import Mapping
from types import MappingProxyType

from tiktok_shop import errors as e

COLLECTIVE_CODE = 36009004
"""One code for a dozen causes; only its message tells them apart."""

_BY_REACTION: Mapping[type[e.ShopError], tuple[int, ...]] = {
    # Daily chat quota and coupon rate are limits like any other, only slower ones.
    e.RateLimitedError: (36009002, 36009037, 45101004, 45111012),
    e.ShopUnavailableError: (36009003, 21001003),
    e.TokenExpiredError: (105002,),
    # 25001028 is a lock on the order: it may be our own earlier call that still runs.
    e.LookFirstError: (36009007, 25001010, 25001011, 25001028, 25020009, 25020010),
    e.StateForbidsError: (
        *(25001003, 25001045, 25001051, 25011010, 25011011, 25011012, 25011013, 25011025),
        *(25020003, 25020004, 11006021, 21011006, 21011020, 21011040, 21011043, 21011027),
        *(21011041, 21011042, 21011007, 21008044, 21011049, 21011050, 21011051, 21011052),
        # A reason that does not fit the status means that the status is not what we thought.
        *(12052901, 25001021),
        # A pickup slot that was offered a moment ago may be gone; the slots are read again.
        21011053,
    ),
    e.ScopeMissingError: (105005,),
    e.AuthorizationGoneError: (101000, 36004001, 36004004, 36004005),
    e.PermissionDeniedError: (
        *(25020005, 45102007, 21008025, 10007014, 36009033, 36009043, 36009044, 12052700),
    ),
    e.ContactNotAllowedError: (45109001, 45109003),
    e.SensitiveContentError: (45101006,),
    e.CardRefusedError: (45101002, 45111017),
    e.RiskControlError: (25001046,),
    e.UnclearRefusalError: (10006402, 10007002, 12052990, 45101001, 45111001),
    e.NotFoundError: (21008111, 21011028, 25007006, 45101003, 12052032, 12052048, 12052097),
    e.InvalidRequestError: (
        *(36009004, 36009009, 36009010, 36009014, 36009021, 36009022, 36009023, 106001, 106013),
        *(11050001, 98001004, 25001001, 25001014, 25001015, 25001020, 25005005),
        *(25005010, 25005011, 21001001, 21011054, 21011022, 21011025, 11028006),
        *(12019120, 12052180),
    ),
}

ERROR_CODES: Mapping[int, type[e.ShopError]] = MappingProxyType(
    {code: kind for kind, codes in _BY_REACTION.items() for code in codes}
)
"""Platform code to reaction; COLLECTIVE_CODE stands here with its commonest meaning."""

_COLLECTIVE_KEYWORDS: tuple[tuple[str, type[e.ShopError]], ...] = (
    ("timestamp", e.ClockSkewError),
    ("access_token", e.TokenExpiredError),
    ("access token", e.TokenExpiredError),
)

_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500


def reaction(
    *, code: int | None, message: str, http_status: int, writes: bool
) -> type[e.ShopError]:
    """Return the class of failure for a refused call.

    Args:
        code: The platform's code, None if the answer could not be read.
        message: The platform's text; only the collective code is read by it.
        http_status: Status of the answer; 429 and 5xx outrank the code.
        writes: Whether the call changes something.

    Returns:
        The class to raise; a read that may be repeated freely is never LookFirstError.
    """
    if http_status == _TOO_MANY_REQUESTS:
        return e.RateLimitedError
    if http_status >= _SERVER_ERRORS or code is None:
        return e.ShopUnavailableError
    if code == COLLECTIVE_CODE:
        return _collective(message)
    kind = ERROR_CODES.get(code, e.UnclearRefusalError)
    return e.ShopUnavailableError if kind is e.LookFirstError and not writes else kind


def _collective(message: str) -> type[e.ShopError]:
    text = message.lower()
    for keyword, kind in _COLLECTIVE_KEYWORDS:
        if keyword in text:
            return kind
    return ERROR_CODES[COLLECTIVE_CODE]
