"""Failures of the platform, by what the caller has to do about them.

ShopError                          code, http_status, request_id, path, message before any text
├── RetryLaterError                wait, then make the same call again          (retryable)
│   ├── RateLimitedError           wait retry_after, if the platform named it
│   ├── ClockSkewError             our clock is off; compare it, then again
│   ├── RefreshBusyError           another process is refreshing this shop's token
│   └── ShopUnavailableError       5xx, timeout, cut connection, garbage; may_have_executed
├── TokenExpiredError              the next try fetches a fresh token           (retryable)
├── LookFirstError                 the effect may be there: look, then decide   (retryable)
│   └── StateForbidsError          the thing has moved on: read it again; repeating cannot help
├── AskPersonError                 only a person can clear it
│   ├── ScopeMissingError          the seller has to grant a scope and authorize again
│   ├── AuthorizationGoneError     the seller has to authorize again
│   ├── PermissionDeniedError      the account may not do this
│   ├── ContactNotAllowedError     this buyer cannot be written to; contact is assisted
│   ├── SensitiveContentError      the text was refused; a person rewords it
│   ├── CardRefusedError           the card's or coupon's conditions are not met
│   ├── RiskControlError           the platform holds the order back
│   ├── PartialFailureError        the call went through, some items did not; failures
│   └── UnclearRefusalError        an unknown code, or one that means several things
├── NotFoundError                  no such order, conversation, product in this shop
└── InvalidRequestError            our mistake; the same call can never succeed

A code we have never met becomes UnclearRefusalError: repeating a write that was refused for an
unknown reason may do harm, and dropping it loses the case, so a person reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

_MESSAGE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is known of a failed call, for machines; nothing in it is secret."""

    path: str
    message: str
    code: int | None = None
    """The platform's code; None when there was no readable answer."""
    http_status: int | None = None
    request_id: str = ""
    retry_after: float | None = None
    """Seconds the platform asks us to wait, None if it does not say."""
    may_have_executed: bool = False
    """True if the effect of a write may be there in spite of the failure."""


class ShopError(Exception):
    """Base of every failed call; subclasses say what the caller does about it."""

    retryable: ClassVar[bool] = False
    """True if the same call may be made again, for a write after a look."""

    def __init__(self, refusal: Refusal) -> None:
        self.code = refusal.code
        self.http_status = refusal.http_status
        self.request_id = refusal.request_id
        self.path = refusal.path
        self.message = refusal.message[:_MESSAGE_LIMIT]
        self.retry_after = refusal.retry_after
        self.may_have_executed = refusal.may_have_executed
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        known = {
            "code": self.code,
            "HTTP status": self.http_status,
            "request": self.request_id or None,
        }
        facts = ", ".join(f"{name} {fact}" for name, fact in known.items() if fact is not None)
        return f"{self.path}: {self.message}" + (f" ({facts})" if facts else "")


class RetryLaterError(ShopError):
    """Nothing is wrong with the call; wait and make it again."""

    retryable = True


class RateLimitedError(RetryLaterError):
    """Too many calls; *retry_after* is the platform's wish in seconds, if it named one."""


class ClockSkewError(RetryLaterError):
    """The gateway refused our timestamp; this machine's clock needs a check."""


class RefreshBusyError(RetryLaterError):
    """Another process holds the lease to refresh this shop's token."""


class ShopUnavailableError(RetryLaterError):
    """No usable answer; *may_have_executed* tells whether a write may have happened."""


class TokenExpiredError(ShopError):
    """The access token is not accepted; it is marked stale, so the next try refreshes it."""

    retryable = True


class LookFirstError(ShopError):
    """The effect may be there already; look before repeating."""

    retryable = True


class StateForbidsError(LookFirstError):
    """The order, package or product has moved on; its truth has to be read again."""

    retryable = False


class AskPersonError(ShopError):
    """Only a person can clear this."""


class ScopeMissingError(AskPersonError):
    """The seller has not granted the scope this call needs."""


class AuthorizationGoneError(AskPersonError):
    """The shop's authorization is missing, revoked or expired."""


class PermissionDeniedError(AskPersonError):
    """The account or the app may not do this."""


class ContactNotAllowedError(AskPersonError):
    """The platform does not let the shop write to this buyer."""


class SensitiveContentError(AskPersonError):
    """The platform refused the words of a message."""


class CardRefusedError(AskPersonError):
    """The conditions for sending this card or coupon are not met."""


class RiskControlError(AskPersonError):
    """The platform's risk control holds the order back."""


class UnclearRefusalError(AskPersonError):
    """A code that is unknown or means several things."""


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """One item that a call with overall success left undone."""

    code: int | None
    message: str
    item_id: str
    parts: tuple["ItemFailure", ...] = ()
    """What of the item failed where the platform says so, such as single warehouses of a SKU."""


class PartialFailureError(AskPersonError):
    """The call answered success, yet *failures* lists items left undone; the rest is done."""

    def __init__(self, refusal: Refusal, failures: Sequence[ItemFailure]) -> None:
        super().__init__(refusal)
        self.failures = tuple(failures)


class NotFoundError(ShopError):
    """This shop has no such order, conversation, product or package."""


class InvalidRequestError(ShopError):
    """The call itself is wrong and can never succeed as it is."""
