"""Somebody who looks at pages: what they open, see, type and press."""

from dataclasses import dataclass, field

from nicegui import ui
from nicegui.testing import User

from domain.cases import CaseView
from domain.evidence import EvidenceItem
from tests.support.console_desk import HeldEvidence, OneCaseDesk, TheseAlerts, TheseOrders, a_case


@dataclass
class Visitor:
    """Somebody called amy, and the case they look at."""

    user: User
    desk: OneCaseDesk = field(default_factory=lambda: OneCaseDesk(a_case()))
    evidence: HeldEvidence = field(default_factory=HeldEvidence)
    orders: TheseOrders = field(default_factory=TheseOrders)
    alerts: TheseAlerts = field(default_factory=TheseAlerts)

    def meets(self, case: CaseView, *items: EvidenceItem, refusal: str = "") -> None:
        """Put a case and its evidence on the desk; nothing has been decided yet."""
        self.desk.case, self.desk.refusal = case, refusal
        self.desk.decided.clear()
        self.desk.wanted.clear()
        self.evidence.held = items
        self.orders.read = 0
        self.user.notify.messages.clear()

    async def opens(self, case: CaseView, *items: EvidenceItem, refusal: str = "") -> None:
        """Open the page of a case."""
        self.meets(case, *items, refusal=refusal)
        await self.user.open(f"/cases/{case.case_id}")

    async def sees(self, *words: str) -> None:
        """See each of these somewhere on the page."""
        for each in words:
            await self.user.should_see(each)

    async def sees_not(self, *words: str) -> None:
        """See none of these."""
        for each in words:
            await self.user.should_not_see(each)

    async def presses(self, words: str, *, until: str) -> None:
        """Press what says so, and see what comes of it."""
        self.user.find(kind=ui.button, content=words).click()
        await self.user.should_see(until)

    def types(self, **entries: str) -> None:
        """Fill in fields, given by their labels with _ for blanks."""
        for label, words in entries.items():
            self.user.find(kind=ui.input, content=label.replace("_", " ")).type(words)
