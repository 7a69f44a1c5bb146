"""Anchoring a chain's head at a time-stamping authority (RFC 3161): proof of when, by a third.

The token lies beside the chain, never in it, so an authority that is down holds nothing up: the
try is on record as failed and is made again later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from records.evidence import EvidenceBook, EvidenceReads
from records.schema import CustodyAnchorRow
from vault.canonical import sha256
from vault.custody import Entry, entry_of, head_statement
from vault.errors import AnchorError

Post = Callable[[str, bytes], bytes]
"""Sends a time-stamp query (`application/timestamp-query`) to a URL; returns the answer's body.

It has its own timeout and raises whatever its transport raises.
"""
REQUEST_TYPE = "application/timestamp-query"
_GRANTED = {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}
_LONGEST_PROBLEM = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """A time-stamping authority, and how to reach it."""

    url: str
    post: Post
    roots: bytes = b""
    """PEM certificates that its tokens must lead to; none: their chain is not checked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """One try to anchor a head."""

    case_id: str
    sequence: int
    authority: str
    attempted_at: datetime
    token: bytes | None
    """The authority's whole answer, DER."""
    problem: str | None

    def statement(self, entry_hash: str) -> bytes:
        """Return what must have been stamped, if *entry_hash* is the hash of its entry."""
        return head_statement(self.case_id, self.sequence, entry_hash)

    @property
    def stamped_at(self) -> datetime | None:
        """When, by the authority's clock."""
        return decode_timestamp_response(self.token).tst_info.gen_time if self.token else None


class Anchors:
    """The anchors of one vault's chains."""

    def __init__(
        self, book: EvidenceBook, authority: Authority | None, clock: Callable[[], datetime]
    ) -> None:
        self._book = book
        self._authority = authority
        self._clock = clock

    def anchor(self, case_id: str, sequence: int | None = None) -> Anchor | None:
        """Have a chain up to entry *sequence*, or to its end, stamped, unless it is already.

        Returns:
            The anchor; with a problem instead of a token if the authority could not be reached
            or answered something else. None without an authority, or for an empty chain.
        """
        if self._authority is None:
            return None
        with self._book.reading() as book:
            row = book.head(case_id) if sequence is None else book.entry(case_id, sequence)
            tries = [] if row is None else _tries(book, case_id, row.sequence)
        if row is None:
            return None
        if done := next((one for one in tries if one.token), None):
            return done
        anchor = self._try(entry_of(row), self._authority)
        with self._book.writing() as book:
            count = len(_tries(book, case_id, anchor.sequence))
            book.add_anchor(_row(anchor, attempt=count + 1))
        return anchor

    def waiting(self) -> list[str]:
        """List the chains in which more than looks was entered, or a try failed, since a token."""
        with self._book.reading() as book:
            return book.cases_to_anchor()

    def anchor_waiting(self, *, at_most: int) -> list[Anchor]:
        """Have waiting chains stamped, until one fails: the authority is down for the others too.

        Returns:
            The tries; only the last one can have a problem.
        """
        made: list[Anchor] = []
        for case_id in self.waiting()[:at_most] if self._authority else []:
            anchor = self.anchor(case_id)
            made += [anchor] if anchor else []
            if anchor and anchor.problem:
                break
        return made

    def _try(self, head: Entry, authority: Authority) -> Anchor:
        token, problem = None, None
        try:
            token = stamp(head.head, authority)
        except Exception as error:  # noqa: BLE001 (whatever the transport raises must not hold up the case)
            problem = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_PROBLEM]
        return Anchor(
            case_id=head.case_id,
            sequence=head.sequence,
            authority=authority.url,
            attempted_at=self._clock(),
            token=token,
            problem=problem,
        )


def stamp(statement: bytes, authority: Authority) -> bytes:
    """Return an authority's answer for *statement*, checked.

    Raises:
        AnchorError: The answer is no token for it.
    """
    request = (
        TimestampRequestBuilder()
        .data(statement)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    answer = authority.post(authority.url, request.as_bytes())
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        raise AnchorError(f"{authority.url} answered no time-stamp response ({error})") from error
    if response.status not in _GRANTED:
        said = ", ".join(response.status_string) or f"status {response.status}"
        raise AnchorError(f"{authority.url} granted no time stamp: {said}")
    if response.tst_info.nonce != request.nonce:
        raise AnchorError(f"{authority.url} answered another request than ours")
    if problem := problem_of(response, statement, authority.roots):
        raise AnchorError(f"{authority.url}: {problem}")
    return answer


def problem_of(response: TimeStampResponse, statement: bytes, roots: bytes = b"") -> str | None:
    """Return why a token does not stand for *statement*; None if it does."""
    if response.tst_info.message_imprint.message != bytes.fromhex(sha256(statement)):
        return "the time stamp is for something else than this head"
    if not roots:
        return None
    builder = VerifierBuilder()
    for certificate in load_pem_x509_certificates(roots):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(response, statement)
    except VerificationError as error:
        return f"the time stamp does not lead to a trusted authority ({error})"
    return None


def anchors_of(book: EvidenceReads, case_id: str) -> list[Anchor]:
    """List every try to anchor a chain, in order."""
    return [
        Anchor(
            case_id=row.case_id,
            sequence=row.sequence,
            authority=row.authority,
            attempted_at=row.attempted_at,
            token=row.token,
            problem=row.problem,
        )
        for row in book.anchors(case_id)
    ]


def _tries(book: EvidenceReads, case_id: str, sequence: int) -> Sequence[Anchor]:
    return [one for one in anchors_of(book, case_id) if one.sequence == sequence]


def _row(anchor: Anchor, *, attempt: int) -> CustodyAnchorRow:
    return CustodyAnchorRow(
        case_id=anchor.case_id,
        sequence=anchor.sequence,
        attempt=attempt,
        authority=anchor.authority,
        attempted_at=anchor.attempted_at,
        token=anchor.token,
        problem=anchor.problem,
    )
