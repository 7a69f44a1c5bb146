"""What the server answers, turned into sentences for people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import (
    Client,
    RPCError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCStatusCode

from casedesk.errors import CaseDeskError, NoServerError, NotFoundError, RefusedError
from domain.errors import InputError
from workflows.case_handlers import BAD_PAYLOAD

ANSWER_WITHIN = timedelta(seconds=20)
"""A worker answers in well under a second; longer means that none is there."""

_AWAY = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.UNAUTHENTICATED)
_NO_WORKER = (
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.CANCELLED,
)


class NoWorkerError(CaseDeskError):
    """The server is there, but no worker answers for the case."""

    def __init__(self, case_id: str) -> None:
        super().__init__(
            f"no worker answered for {case_id} within {ANSWER_WITHIN.total_seconds():.0f} s;"
            " start one with `python worker.py`, then ask again"
        )


@asynccontextmanager
async def told(client: Client, case_id: str, *, needs_worker: bool = True) -> AsyncIterator[None]:
    """Turn whatever goes wrong while asking about a case into one sentence.

    Args:
        client: Whose server is asked.
        case_id: The case, for the sentence.
        needs_worker: Whether a worker answers, and not the server alone.

    Raises:
        InputError: The case could not read what was sent.
        NotFoundError: The server knows no such case, or it is closed there.
        RefusedError: The case does not allow it now.
        NoServerError: The server does not answer.
        NoWorkerError: The server answers, but no worker does.
    """
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            yield
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise _late(client, case_id, needs_worker=needs_worker) from error
    except WorkflowUpdateFailedError as error:
        raise _refusal(error.cause) from error
    except WorkflowQueryFailedError as error:
        raise RefusedError(f"{case_id} cannot be shown: {error}") from error
    except RPCError as error:
        raise _by_status(client, case_id, error, needs_worker=needs_worker) from error


def _late(client: Client, case_id: str, *, needs_worker: bool) -> CaseDeskError:
    if needs_worker:
        return NoWorkerError(case_id)
    return NoServerError(client.service_client.config.target_host)


def _refusal(cause: BaseException | None) -> Exception:
    if not isinstance(cause, ApplicationError):
        return RefusedError(f"the decision failed: {cause}")
    if cause.type == BAD_PAYLOAD:
        field, _, reason = (cause.message or "").partition(": ")
        return InputError(field, reason)
    return RefusedError(cause.message or "the case does not allow it now")


def _by_status(
    client: Client, case_id: str, error: RPCError, *, needs_worker: bool
) -> CaseDeskError:
    if error.status is RPCStatusCode.NOT_FOUND:
        return NotFoundError(f"there is no case {case_id}; `starter.py list` shows all")
    if error.status in _AWAY:
        return NoServerError(client.service_client.config.target_host)
    if error.status in _NO_WORKER:
        return _late(client, case_id, needs_worker=needs_worker)
    if "search attribute" in error.message.lower():
        return RefusedError(
            f"the server lacks what lists need ({error.message}); run `starter.py setup` once"
        )
    return RefusedError(f"the server refused {case_id}: {error.message}")
