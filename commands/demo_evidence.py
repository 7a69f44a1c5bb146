"""The vault of the demo: opened beside its worker, on the clock of its virtual days."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from typing_extensions import override

from casedesk.demo import EvidenceRoom, HandedIn
from casedesk.desk import CaseDesk
from casedesk.time_stamps import StampPost
from vault.opening import open_vault
from vault.store import Vault

_SOURCE = "demo"


class VaultRoom(EvidenceRoom):
    """Hands files into the vault and out of it."""

    def __init__(self, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._vault = vault
        self._clock = clock

    @override
    async def hand_in(self, case_id: str, file: HandedIn) -> str:
        """Take a file in, once."""
        item = await asyncio.to_thread(
            self._vault.collect,
            [file.content],
            case_id=case_id,
            requirement=file.requirement,
            actor=file.actor,
            at=self._clock(),
            source=_SOURCE,
            name=file.name,
            captured_at=file.captured_at,
        )
        return item.evidence_id

    @override
    async def read(self, evidence_id: str, *, actor: str) -> bytes:
        """Return the bytes, checked whole; that somebody took them out is entered."""
        return await asyncio.to_thread(self._taken_out, evidence_id, actor)

    def _taken_out(self, evidence_id: str, actor: str) -> bytes:
        content = self._vault.read(
            evidence_id, actor=actor, purpose="to be filed in Seller Center", at=self._clock()
        )
        return b"".join(content)


def open_room(desk: CaseDesk, clock: Callable[[], datetime]) -> EvidenceRoom:
    """Open the vault of an installation for the people of the demo."""
    return VaultRoom(open_vault(desk.settings, desk.db, post=StampPost()), clock)
