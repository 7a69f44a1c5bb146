"""Whether workers are there: when each queue was last asked for work."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from workflows import names

QUEUES = (
    (names.CASES_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
    (names.SHOP_API_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    (names.DESK_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
)
"""Every queue, with what its workers ask for."""
_PATIENCE = timedelta(seconds=5)


async def last_poll(client: Client, queue: str, kind: TaskQueueType.ValueType) -> datetime:
    """Return when a worker last asked a queue for work; long ago if none ever did.

    Raises:
        RPCError: The server does not say.
    """
    told = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=queue),
            task_queue_type=kind,
        ),
        timeout=_PATIENCE,
    )
    polls = [one.last_access_time.ToDatetime(tzinfo=UTC) for one in told.pollers]
    return max(polls, default=datetime.min.replace(tzinfo=UTC))


async def polled_since(client: Client, instant: datetime) -> bool:
    """Tell whether every queue has been asked for work since *instant*."""
    try:
        polls = [await last_poll(client, queue, kind) for queue, kind in QUEUES]
    except RPCError:
        return False
    return min(polls) >= instant
