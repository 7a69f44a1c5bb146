"""What has arrived at a case and waits to be taken in by its process."""

from dataclasses import dataclass, field


@dataclass
class Inbox:
    """Facts that came, counted and remembered."""

    looks_wanted: int = 0
    looks_done: int = 0
    seen: set[str] = field(default_factory=set)
    arrivals: int = 0
    taken_in: int = 0
    """How many of the arrivals the process has begun to act on."""

    @property
    def news(self) -> bool:
        """Whether something has arrived since the process last took things in."""
        return self.arrivals > self.taken_in

    @property
    def stale(self) -> bool:
        """Whether the case's subject should be looked at again."""
        return self.looks_wanted > self.looks_done

    def first_time(self, key: str) -> bool:
        """Tell whether a fact is new, and remember it."""
        if key in self.seen:
            return False
        self.seen.add(key)
        return True
