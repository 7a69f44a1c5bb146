"""The vault beside a running product: the same records, folder and keys as its workers'."""

from domain.evidence import EvidenceItem
from tests.support.stack import Opened, Stack
from vault.store import Vault
from worker import open_vault


def vault_of(stack: Stack) -> Vault:
    """Open the vault of the running product."""
    return open_vault(stack.settings, stack.db)


def items_of(stack: Stack, case: Opened) -> list[EvidenceItem]:
    """Return what the vault holds under a case, the first collected first."""
    return vault_of(stack).of_case(case.handle.id)


def content_of(stack: Stack, item: EvidenceItem) -> bytes:
    """Return the bytes of an item."""
    return b"".join(vault_of(stack).checked(item.evidence_id, actor="test"))
