"""Telling cases how something they wait for has ended: a signal to each that is open."""

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from typing_extensions import override

from workflows import names
from workflows.ports import EndingsPort, TellCases

logger = structlog.get_logger()

APPEAL_ENDED = "appeal_ended"
"""The signal that tells a late pickup how its appeal ended."""


class EndingActivities(EndingsPort):
    """Signals to open cases."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @override
    @activity.defn(name=names.TELL_CASES)
    async def tell_cases(self, cmd: TellCases) -> None:
        """Tell every case of an appeal how it ended; one that is closed has no use for it.

        Safe to run twice because a case takes the end of an appeal once per ticket.
        """
        ended = {"ticket_id": cmd.ticket_id, "outcome": cmd.outcome}
        for case_id in cmd.case_ids:
            try:
                await self._client.get_workflow_handle(case_id).signal(APPEAL_ENDED, ended)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                logger.info("appeal.case_closed_already", case_id=case_id)
