"""Appeals handed in at the merchant's own endpoint: looked at before a repeat, once per key."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError
from typing_extensions import override

from activities.beating import while_beating
from activities.evidence import told_of_vault
from activities.gateway_answers import SECRET, URL, WHO
from activities.gateway_client import FilingGateway, Upload
from activities.troubles import NEEDS_PERSON, told_to_temporal, within_attempt
from domain.evidence import EvidenceItem
from domain.filings import EndpointFiling
from domain.timeline import CASE
from tiktok_shop.errors import AskPersonError, LookFirstError, Refusal
from vault.errors import UnknownEvidenceError
from vault.reading import Verified
from vault.store import Vault
from workflows import names
from workflows.ports import EffectKey
from workflows.ports.appeals import (
    FileByGateway,
    Filed,
    FilingFound,
    GatewayPort,
    LookAtFiling,
)

logger = structlog.get_logger()

FILING_PENDING = "FilingPendingError"
"""Error type of a filing that the endpoint has taken and not handed in yet; looked at again."""
_LOOK_AGAIN = timedelta(minutes=1)


class GatewayActivities(GatewayPort):
    """The merchant's own endpoint, if there is one."""

    def __init__(self, vault: Vault, gateway: FilingGateway | None) -> None:
        self._vault = vault
        self._gateway = gateway

    @override
    @activity.defn(name=names.FILE_BY_GATEWAY)
    async def file_by_gateway(self, cmd: FileByGateway) -> Filed:
        """Hand a round in.

        Safe to run twice because the endpoint knows a filing by its key, and is asked for it
        before anything is sent again.
        """
        gateway, filing_id = self._there(), filing_id_of(cmd.key)
        with told_of_vault(), told_to_temporal():
            filing, already = await while_beating(self._in_time(gateway, filing_id, cmd))
        if not filing.reference:
            raise ApplicationError(
                "the filing gateway has the appeal and has not handed it in yet",
                type=FILING_PENDING,
                next_retry_delay=_LOOK_AGAIN,
            )
        logger.info(
            "appeal.filed_by_gateway", case_id=cmd.key.case_id, round=cmd.round, already=already
        )
        return Filed(
            reference=filing.reference, filed_at=filing.filed_at or cmd.now, already=already
        )

    async def _in_time(
        self, gateway: FilingGateway, filing_id: str, cmd: FileByGateway
    ) -> tuple[EndpointFiling, bool]:
        async with within_attempt(WHO):
            return await self._filing(gateway, filing_id, cmd)

    async def _filing(
        self, gateway: FilingGateway, filing_id: str, cmd: FileByGateway
    ) -> tuple[EndpointFiling, bool]:
        """Return the filing, and whether it was there before."""
        if activity.info().attempt > 1 or cmd.key.tried_before:
            there = await gateway.look(filing_id)
            if there is not None:
                return there, True
        try:
            await gateway.upload(filing_id, await self._upload(cmd))
            return await gateway.file(filing_id, body_of(cmd)), False
        except LookFirstError as error:
            there = await gateway.look(filing_id)
            if there is None:
                # It is not ours: whoever filed the other one is asked.
                raise AskPersonError(_refusal_of(error)) from error
            return there, True

    async def _upload(self, cmd: FileByGateway) -> Upload:
        item, content = await asyncio.to_thread(self._packet, cmd.packet.evidence_id)
        return Upload(
            name=cmd.packet.name,
            digest=item.digest,
            size=item.size,
            pieces=_in_turn(content),
        )

    def _packet(self, evidence_id: str) -> tuple[EvidenceItem, Verified]:
        item = self._vault.get(evidence_id)
        if item is None:
            raise UnknownEvidenceError(evidence_id)
        return item, self._vault.checked(evidence_id, actor=CASE)

    @override
    @activity.defn(name=names.LOOK_AT_FILING)
    async def look_at_filing(self, cmd: LookAtFiling) -> FilingFound:
        """Return what the endpoint has of a filing.

        Safe to run twice because it only reads.
        """
        with told_to_temporal():
            there = await while_beating(self._there().look(filing_id_of(cmd.key)))
        if there is None:
            return FilingFound()
        if not there.reference:
            return FilingFound(pending=True)
        filed = Filed(
            reference=there.reference,
            filed_at=there.filed_at or cmd.key.began_at,
            already=True,
        )
        return FilingFound(filed=filed)

    def _there(self) -> FilingGateway:
        if self._gateway is None:
            raise ApplicationError(
                f"the playbook files by a gateway and none is set; set {URL} and {SECRET}, or "
                "file by hand",
                type=NEEDS_PERSON,
                non_retryable=True,
            )
        return self._gateway


def filing_id_of(key: EffectKey) -> str:
    """Return the name by which the endpoint knows a filing, the same at every try, in ASCII."""
    return quote(f"{key.case_id}:{key.step}", safe=":")


def _refusal_of(error: LookFirstError) -> Refusal:
    return Refusal(path=error.path, message=error.message, http_status=error.http_status)


def body_of(cmd: FileByGateway) -> dict[str, object]:
    """Return what is posted, in JSON's types; nothing in it is personal."""
    packet = cmd.packet
    return {
        "type": "appeal.file",
        "timestamp": cmd.now.isoformat(),
        "data": {
            "shop_id": cmd.shop_id,
            "ticket_id": cmd.ticket_id,
            "round": cmd.round,
            "market": cmd.market,
            "violation": cmd.violation.value,
            "scenario": cmd.scenario.value,
            "order_ids": list(cmd.order_ids),
            "text": packet.text,
            "english": packet.english,
            "language": packet.language,
            "complete": packet.complete,
            "file_by": cmd.file_by.isoformat() if cmd.file_by else None,
            "packet": {
                "name": packet.name,
                "sha256": packet.digest,
                "size": packet.size,
                "key_id": packet.key_id,
            },
            "exhibits": [
                {"number": one.number, "path": one.path, "kind": one.kind.value}
                for one in packet.files
            ],
        },
    }


async def _in_turn(content: Verified) -> AsyncIterator[bytes]:
    """Yield a packet's pieces, each read off the event loop."""
    pieces = iter(content)
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
