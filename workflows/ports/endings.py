"""Telling cases how something they wait for has ended."""

from abc import ABC, abstractmethod

from temporalio import activity

from workflows import names
from workflows.ports.facts import Fact


class TellCases(Fact):
    """Tell every case of an appeal how it ended."""

    case_ids: tuple[str, ...]
    ticket_id: str
    outcome: str


class EndingsPort(ABC):
    """Endings that other cases wait for."""

    @activity.defn(name=names.TELL_CASES)
    @abstractmethod
    async def tell_cases(self, cmd: TellCases) -> None:
        """Tell every case of an appeal how it ended."""
