"""What is still to happen on the shop clock, earliest first."""

import asyncio
import heapq

from sandbox.store import Doc, Store, Table


class Schedule:
    """Keyed future events; scheduling a key again replaces its event."""

    def __init__(self, store: Store) -> None:
        self._table = Table(store, "event")
        self._heap: list[tuple[float, int, str]] = []
        self._seq = 0
        self.changed = asyncio.Event()
        for key, event in self._table.rows.items():
            self._seq = max(self._seq, event["seq"])
            heapq.heappush(self._heap, (event["at"], event["seq"], key))

    def add(self, key: str, *, at: float, kind: str, payload: Doc) -> None:
        """Plan an event.

        Args:
            key: Its name; an event of the same name is replaced.
            at: Shop-clock unix seconds.
            kind: Which handler runs it.
            payload: What the handler needs, JSON only.
        """
        self._seq += 1
        event = {"key": key, "at": at, "seq": self._seq, "kind": kind, "payload": payload}
        self._table.put(key, event)
        heapq.heappush(self._heap, (at, self._seq, key))
        self.changed.set()

    def drop(self, key: str) -> None:
        """Take an event back; an unknown key is no error."""
        self._table.remove(key)

    def next_at(self) -> float | None:
        """Return when the next event is due, or None."""
        event = self._head()
        return None if event is None else event["at"]

    def due(self, until: float) -> Doc | None:
        """Return the earliest event due at or before *until*; it stays planned."""
        event = self._head()
        return event if event is not None and event["at"] <= until else None

    def pop_due(self, until: float, kind: str) -> Doc | None:
        """Take the earliest due event off the queue if it is of *kind*, keeping its record.

        Until `drop` the record stays, so a killed process repeats it at the next start.
        """
        event = self.due(until)
        if event is None or event["kind"] != kind:
            return None
        heapq.heappop(self._heap)
        return event

    def _head(self) -> Doc | None:
        while self._heap:
            _, seq, key = self._heap[0]
            event = self._table.get(key)
            if event is not None and event["seq"] == seq:
                return event
            heapq.heappop(self._heap)
        return None
