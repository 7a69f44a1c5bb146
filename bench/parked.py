"""`python -m bench.parked`: the product's worker, whose incidents park the cases they open.

Parked cases lie in a queue that nobody asks, so that only their opening is measured.
"""

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

import worker
from activities.opener import SignalWithStart
from casedesk.exits import leave
from casedesk.settings import Settings
from workflows.opening import CaseStart, Fate

QUEUE = "bench-parked"


class ParkedStart(CaseStart):
    """An opening in a queue without a worker."""

    @property
    @override
    def task_queue(self) -> str:
        """The queue that nobody asks."""
        return QUEUE


def parked(start: CaseStart) -> ParkedStart:
    """Return the same opening, to be parked."""
    return ParkedStart(**dict(start))


class Parking(SignalWithStart):
    """Starts cases as production does, in another queue."""

    @override
    async def start(self, starts: Sequence[CaseStart], *, at: datetime) -> dict[str, Fate]:
        """Open every case or join it."""
        return await super().start([parked(start) for start in starts], at=at)


if __name__ == "__main__":
    at_once = Settings().open_concurrency
    leave(worker.main(lambda client: Parking(client, at_once=at_once)))
