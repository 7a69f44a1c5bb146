"""The custody ledger: what was done with evidence, by whom and why, each entry sealing the last.

One chain per case, and one of the vault itself for what concerns no case. An entry's body is
canonical JSON that holds the hash of the entry before it; the entry's own hash is the SHA-256 of
that body, and the signature is over the chain's name, length and hash, so every entry is a signed
head when it is written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from domain.evidence import CustodyAction
from records.evidence import EvidenceBook, EvidenceReads, EvidenceWrites
from records.schema import CustodyEntryRow, JsonObject
from vault.canonical import canonical, instant_text, printable_lines, sha256
from vault.keys import KeyRing, PublicKey, Signer, public_keys

FIRST = "0" * 64
"""What stands for the hash of the entry before the first one."""
VAULT = "vault"
"""The chain of what concerns no case, such as a change of the signing key."""

Guard = Callable[[EvidenceWrites], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What is to be entered."""

    case_id: str
    action: CustodyAction
    actor: str
    purpose: str
    at: datetime
    evidence_id: str | None = None
    digest: str | None = None
    details: JsonObject = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.actor.strip() or not self.purpose.strip():
            raise ValueError("a custody entry needs an actor and a purpose; give both")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One link of a chain."""

    case_id: str
    sequence: int
    previous_hash: str
    entry_hash: str
    action: CustodyAction
    evidence_id: str | None
    body: str
    """Canonical JSON: what is hashed."""
    signature: str
    key_id: str

    @property
    def head(self) -> bytes:
        """What is signed and anchored: the chain up to and with this entry."""
        return head_statement(self.case_id, self.sequence, self.entry_hash)


def head_statement(case_id: str, entries: int, entry_hash: str) -> bytes:
    """Return what is signed of a chain of so many *entries* that ends in *entry_hash*."""
    return canonical(
        {"custody_head": {"case_id": case_id, "entries": entries, "hash": entry_hash}}
    )


class Ledger:
    """The door to the chains of one vault."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def append(
        self,
        book: EvidenceWrites,
        event: Event,
        *,
        key: str | None = None,
        guard: Guard | None = None,
        signer: Signer | None = None,
    ) -> Entry:
        """Add an entry at the end of its case's chain.

        Args:
            book: The transaction to do it in.
            event: What happened.
            key: A second call with the same key changes nothing and answers with the first entry.
            guard: Raises if the event may not happen as the chain stands. It is asked again
                whenever another writer was faster.
            signer: Signs instead of the current key.

        Raises:
            SigningKeyError: The signing key cannot be used.
        """
        signer = signer or self._keys.signer(book, at=event.at)
        while True:
            # The head first: whoever enters the same key after this look takes our place too.
            last = book.head(event.case_id)
            if key is not None and (known := book.entry_with(event.case_id, key)):
                return entry_of(known)
            if guard is not None:
                guard(book)
            row = link(event, last, signer, key)
            if book.append(row):
                return entry_of(row)

    def sign(self, book: EvidenceWrites, statement: bytes, *, at: datetime) -> tuple[str, str]:
        """Sign a statement; return the key's fingerprint and the signature in base64."""
        signer = self._keys.signer(book, at=at)
        return signer.key_id, signer.sign(statement)

    def rotate_key(
        self, book: EvidenceBook, *, actor: str, purpose: str, at: datetime, lost: bool
    ) -> PublicKey:
        """Sign with a new key from now on; the old one, unless *lost*, signs the entry of it."""
        with book.writing() as writes:
            old = [row.key_id for row in writes.signing_keys()]
            signer, new = self._keys.replace(writes, at=at, lost=lost)
            public = public_keys(writes)[new.key_id]
            event = Event(
                case_id=VAULT,
                action=CustodyAction.ROTATE_KEY,
                actor=actor,
                purpose=purpose,
                at=at,
                details={"new_key_id": new.key_id, "new_public_key": public.public_key},
            )
            self.append(writes, event, signer=signer)
        for key_id in old:
            self._keys.retire(key_id)
        return public


def chain(book: EvidenceReads, case_id: str, *, until: int | None = None) -> Iterator[Entry]:
    """Yield the entries of a case in order, up to sequence *until* if it is given."""
    for row in book.entries(case_id):
        if until is not None and row.sequence > until:
            return
        yield entry_of(row)


def entry_of(row: CustodyEntryRow) -> Entry:
    """Return the entry of a row."""
    return Entry(
        case_id=row.case_id,
        sequence=row.sequence,
        previous_hash=row.previous_hash,
        entry_hash=row.entry_hash,
        action=CustodyAction(row.action),
        evidence_id=row.evidence_id,
        body=row.body,
        signature=row.signature,
        key_id=row.key_id,
    )


def link(
    event: Event, last: CustodyEntryRow | None, signer: Signer, key: str | None = None
) -> CustodyEntryRow:
    """Return the row that enters *event* after *last*."""
    sequence = last.sequence + 1 if last else 1
    previous = last.entry_hash if last else FIRST
    body = canonical(_body(event, sequence, previous))
    entry_hash = sha256(body)
    return CustodyEntryRow(
        case_id=event.case_id,
        sequence=sequence,
        previous_hash=previous,
        entry_hash=entry_hash,
        key=key,
        action=event.action,
        evidence_id=event.evidence_id,
        body=body.decode(),
        signature=signer.sign(head_statement(event.case_id, sequence, entry_hash)),
        key_id=signer.key_id,
    )


def _body(event: Event, sequence: int, previous: str) -> JsonObject:
    return {
        "case_id": event.case_id,
        "sequence": sequence,
        "previous": previous,
        "at": instant_text(event.at),
        "action": event.action.value,
        "actor": printable_lines(event.actor),
        "purpose": printable_lines(event.purpose),
        "evidence_id": event.evidence_id,
        "digest": event.digest,
        "details": event.details,
    }
