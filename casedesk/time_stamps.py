"""Asking a time-stamping authority over HTTP (RFC 3161, section 3.4): shortly, never in vain."""

import time

import httpx

from casedesk.errors import CaseDeskError

LONGEST_SECONDS = 4.0
"""No case waits longer for a stamp."""
REST_SECONDS = 60.0
"""An authority that has just failed is not asked again for so long."""
LARGEST_ANSWER = 256 * 1024
_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}


class StampError(CaseDeskError):
    """A time-stamping authority gave no answer that could hold a stamp."""


class StampPost:
    """Sends queries; what failed a moment ago is not tried again, so that an outage costs once."""

    def __init__(self, *, longest: float = LONGEST_SECONDS, rest: float = REST_SECONDS) -> None:
        """Send queries that wait at most *longest* seconds, after a failure not for *rest*."""
        self._longest = longest
        self._rest = rest
        self._failed_at: dict[str, float] = {}

    def __call__(self, url: str, query: bytes) -> bytes:
        """Return the authority's answer to a query.

        Raises:
            StampError: It has none, or failed less than a rest ago.
        """
        failed_at = self._failed_at.get(url)
        if failed_at is not None and time.monotonic() - failed_at < self._rest:
            raise StampError(f"{url} was not asked, for it failed a moment ago")
        try:
            answer = self._exchange(url, query)
        except (httpx.HTTPError, StampError) as error:
            self._failed_at[url] = time.monotonic()
            raise StampError(
                str(error) or f"{url} did not answer ({type(error).__name__})"
            ) from error
        self._failed_at.pop(url, None)
        return answer

    def _exchange(self, url: str, query: bytes) -> bytes:
        ends = time.monotonic() + self._longest
        with (
            httpx.Client(timeout=self._longest, trust_env=False) as client,
            client.stream("POST", url, content=query, headers=_HEADERS) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise StampError(f"{url} answered HTTP {response.status_code}")
            answer = bytearray()
            for piece in response.iter_bytes():
                answer += piece
                if len(answer) > LARGEST_ANSWER:
                    raise StampError(f"{url} answered more than any stamp has")
                if time.monotonic() > ends:
                    raise StampError(f"{url} took longer than {self._longest:.0f} s")
        return bytes(answer)
