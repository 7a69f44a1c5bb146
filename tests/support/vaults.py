"""The vault beside a running product: the same records, folder and keys as its workers'."""

import itertools
from datetime import UTC, datetime

from casedesk.time_stamps import StampPost
from domain.evidence import EvidenceItem
from tests.support.stack import Opened, Stack
from vault.opening import open_vault
from vault.store import Vault

_numbers = itertools.count(1)


def vault_of(stack: Stack) -> Vault:
    """Open the vault of the running product."""
    return open_vault(stack.settings, stack.db, post=StampPost())


def items_of(stack: Stack, case: Opened) -> list[EvidenceItem]:
    """Return what the vault holds under a case, the first collected first."""
    return vault_of(stack).of_case(case.handle.id)


def content_of(stack: Stack, item: EvidenceItem) -> bytes:
    """Return the bytes of an item."""
    return b"".join(vault_of(stack).checked(item.evidence_id, actor="test"))


def add_evidence(
    stack: Stack, case: Opened, requirement: str, *, content: bytes = b""
) -> EvidenceItem:
    """Put a file into the vault as a person does, dated now; without content one of its own."""
    now = datetime.now(UTC)
    return vault_of(stack).collect(
        [content or f"{requirement} {next(_numbers)}".encode()],
        case_id=case.handle.id,
        requirement=requirement,
        actor="anna",
        at=now,
        source="warehouse_phone",
        name=f"{requirement}.txt",
        captured_at=now,
    )


def damage(stack: Stack, item: EvidenceItem) -> None:
    """Change a byte of stored evidence, as somebody with access to the disk could."""
    (path,) = (stack.settings.home / "vault").rglob(item.digest)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
