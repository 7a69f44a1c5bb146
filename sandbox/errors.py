"""The platform's codes that the sandbox answers, and the HTTP status each travels with."""

from enum import IntEnum


class Code(IntEnum):
    """Error codes, named by what they say.

    Source:
        TikTok Shop API, common errors and the per-call tables (docs, autumn 2026).
    """

    OK = 0
    TOO_MANY = 36009002
    INTERNAL = 36009003
    GATEWAY = 36009004
    NO_PATH = 36009009
    NO_METHOD = 36009010
    NO_VERSION = 36009014
    BODY_FORMAT = 36009022
    WRONG_SHOP = 101000
    TOKEN_EXPIRED = 105002
    NO_SCOPE = 105005
    BAD_SIGN = 106001
    NO_CIPHER = 106013
    BAD_PARAMETER = 11050001
    TOKEN_PARAMETER = 98001004
    REFRESH_INVALID = 36004001
    AUTH_CODE_INVALID = 36004004
    FOREIGN_ORDER = 21008111
    PACKAGE_SHIPPED = 11006021
    PACKAGE_CANCELLED = 21011041
    AFTERSALE_PENDING = 21011007
    FOREIGN_PACKAGE = 21011028
    NOT_SHIPPED = 21011043
    SLOT_OUTSIDE = 21011053
    SLOT_MISSING = 21011054
    CANCEL_PARAMETER = 25001001
    CANCEL_STATUS = 25001003
    CANCEL_IN_PROCESS = 25001011
    REASON_UNKNOWN = 25001014
    REASON_WITHDRAWN = 25001020
    REASON_STATUS = 25001021
    ORDER_SHIPPED = 25001045
    ORDER_ENDED = 25001051
    BAD_LINES = 25005010
    ORDER_MISSING = 25007006
    REJECT_STATUS = 25011011
    APPROVE_STATUS = 25011012
    ALREADY_CANCELLED = 25020009
    ALREADY_APPROVED = 25020010
    PRODUCT_CHECK = 12052990
    NO_WAREHOUSE = 12052097
    FOREIGN_PRODUCT = 12052048
    NO_PRODUCT = 12052032
    PRODUCT_STATUS = 12052901
    TOO_MANY_IDS = 12019120
    CHAT_PARAMETER = 45101001
    CARD_CONDITIONS = 45101002
    CHAT_MISSING = 45101003
    SENSITIVE = 45101006
    SEND_NOT_ALLOWED = 45109001
    CHAT_NOT_ALLOWED = 45109003
    COUPON_RATE = 45111012
    COUPON_CONDITIONS = 45111017
    COUPON_MISSING = 45111001


HTTP_STATUS: dict[int, int] = {
    Code.TOO_MANY: 429,
    Code.INTERNAL: 500,
    Code.GATEWAY: 400,
    Code.NO_PATH: 404,
    Code.NO_METHOD: 405,
    Code.NO_VERSION: 400,
    Code.BODY_FORMAT: 400,
    Code.TOKEN_EXPIRED: 401,
    Code.BAD_SIGN: 401,
    Code.NO_CIPHER: 400,
}
"""Status per code; every other code travels with 200. A scenario may say otherwise."""


class ApiError(Exception):
    """A call the platform refuses."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = int(code)
        self.message = message


class ControlError(Exception):
    """A control call or input file that cannot be used; the text says what to change."""
