"""Every documented code asks for one reaction, and an unknown one asks a person."""

import inspect

import pytest

from tiktok_shop import errors
from tiktok_shop.error_codes import ERROR_CODES, reaction
from tiktok_shop.errors import (
    AskPersonError,
    AuthorizationGoneError,
    CardRefusedError,
    ClockSkewError,
    ContactNotAllowedError,
    InvalidRequestError,
    LookFirstError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    Refusal,
    RiskControlError,
    ScopeMissingError,
    SensitiveContentError,
    ShopError,
    ShopUnavailableError,
    StateForbidsError,
    TokenExpiredError,
    UnclearRefusalError,
)

DOCUMENTED = {
    "token host": [36004001, 36004004, 36004005, 98001004],
    "HTTP status": [36009043, 36009044, 36009037],
    "common": [
        *(36009002, 36009003, 36009004, 36009007, 36009009, 36009010, 36009014, 36009021),
        *(36009022, 36009023, 36009033, 101000, 105002, 105005, 106001, 106013, 11050001),
        *(98001004, 10006402, 21008111),
    ],
    "fulfillment": [
        *(11006021, 21011006, 21011020, 21011040, 21011043, 21011027, 21011041, 21011042),
        *(21011007, 21008044, 21011053, 21011054, 21011022, 21011025, 11028006, 21011049),
        *(21011050, 21011051, 21011052, 21011028, 21008025, 10007014, 21001001, 21001003),
        *(10007002,),
    ],
    "cancellations": [
        *(25001001, 25001003, 25001051, 25001010, 25001011, 25001014, 25001015, 25001020),
        *(25001021, 25001028, 25001045, 25001046, 25005005, 25005010, 25005011, 25007006),
        *(25011010, 25011011, 25011012, 25011013, 25011025, 25020003, 25020004, 25020005),
        *(25020009, 25020010),
    ],
    "products": [
        *(12052990, 12052097, 12052048, 12052032, 12052901, 12019120, 12052700, 12052180),
    ],
    "chat": [
        *(45101001, 45101002, 45101003, 45101004, 45101006, 45102007, 45109001, 45109003),
        *(45111001, 45111012, 45111017),
    ],
}
"""Every code in the platform's error lists, by the list it stands in."""


def _of(code: int | None, message: str = "", *, status: int = 200, writes: bool = True) -> type:
    return reaction(code=code, message=message, http_status=status, writes=writes)


@pytest.mark.parametrize("topic", DOCUMENTED)
def test_every_documented_code_has_a_reaction(topic: str) -> None:
    assert set() == set(DOCUMENTED[topic]) - set(ERROR_CODES)


def test_no_code_stands_in_the_table_that_is_not_documented() -> None:
    assert set() == set(ERROR_CODES) - {code for codes in DOCUMENTED.values() for code in codes}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (36009002, RateLimitedError),
        (45111012, RateLimitedError),
        (36009003, ShopUnavailableError),
        (105002, TokenExpiredError),
        (25020009, LookFirstError),
        (25001010, LookFirstError),
        (25001011, LookFirstError),
        (25020010, LookFirstError),
        (36009007, LookFirstError),
        (25001028, LookFirstError),
        (25001045, StateForbidsError),
        (25001021, StateForbidsError),
        (105005, ScopeMissingError),
        (101000, AuthorizationGoneError),
        (36004001, AuthorizationGoneError),
        (25020005, PermissionDeniedError),
        (45109001, ContactNotAllowedError),
        (45109003, ContactNotAllowedError),
        (45101006, SensitiveContentError),
        (45111017, CardRefusedError),
        (25001046, RiskControlError),
        (45101001, UnclearRefusalError),
        (25007006, NotFoundError),
        (45101003, NotFoundError),
        (106001, InvalidRequestError),
        (36009009, InvalidRequestError),
    ],
)
def test_a_code_asks_for_its_reaction(code: int, kind: type[ShopError]) -> None:
    assert kind is _of(code)


def test_a_code_we_have_never_met_goes_to_a_person() -> None:
    kind = _of(99999999)
    assert kind is UnclearRefusalError
    assert issubclass(kind, AskPersonError)
    assert not kind.retryable


@pytest.mark.parametrize("code", [36009007, 25001028, 25020009])
def test_a_read_never_asks_for_a_look(code: int) -> None:
    """Reading again is always safe."""
    assert _of(code, writes=False) is ShopUnavailableError


def test_a_read_of_something_that_moved_on_still_says_so() -> None:
    assert _of(25001003, writes=False) is StateForbidsError


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("'timestamp' is more than 5 minutes old", ClockSkewError),
        ("Timestamp is negative", ClockSkewError),
        ("access_token is invalid", TokenExpiredError),
        ("The access token is invalid", TokenExpiredError),
        ("'shop_cipher' is not expected", InvalidRequestError),
        ("'app_key' is invalid", InvalidRequestError),
        ("", InvalidRequestError),
    ],
)
def test_the_collective_code_is_told_apart_by_its_message(
    message: str, kind: type[ShopError]
) -> None:
    assert kind is _of(36009004, message, status=400)


@pytest.mark.parametrize("code", [None, 105005, 99999999])
def test_the_http_status_outranks_the_code_for_limits_and_outages(code: int | None) -> None:
    assert _of(code, status=429) is RateLimitedError
    assert _of(code, status=503) is ShopUnavailableError


def test_an_answer_without_a_code_is_an_outage() -> None:
    assert _of(None, status=404) is ShopUnavailableError


ALL_ERRORS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ShopError)
]


@pytest.mark.parametrize("kind", ALL_ERRORS, ids=lambda kind: kind.__name__)
def test_every_class_stands_in_the_drawn_tree_with_a_sentence_of_its_own(
    kind: type[ShopError],
) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    assert kind.__doc__


@pytest.mark.parametrize(
    ("kind", "retryable"),
    [
        (RateLimitedError, True),
        (ClockSkewError, True),
        (ShopUnavailableError, True),
        (TokenExpiredError, True),
        (LookFirstError, True),
        (StateForbidsError, False),
        (ScopeMissingError, False),
        (ContactNotAllowedError, False),
        (NotFoundError, False),
        (InvalidRequestError, False),
    ],
)
def test_only_what_can_help_is_retryable(kind: type[ShopError], *, retryable: bool) -> None:
    assert retryable is kind.retryable


def test_an_error_carries_fields_before_text() -> None:
    error = RiskControlError(
        Refusal(path="/p", message="x" * 2000, code=25001046, http_status=200, request_id="r1")
    )
    assert (error.code, error.http_status, error.request_id) == (25001046, 200, "r1")
    assert error.path == "/p"
    assert len(error.message) == 500
    assert str(error).startswith("/p: xxx")
    assert str(error).endswith("(code 25001046, HTTP status 200, request r1)")


def test_an_error_without_an_answer_says_no_numbers() -> None:
    assert str(ShopUnavailableError(Refusal(path="/p", message="no answer"))) == "/p: no answer"
