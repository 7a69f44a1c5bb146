"""One oversold order: from the shortage to a buyer who waits, swaps or has the money back."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind, CaseView
    from workflows import names
    from workflows.leading import ShortageLead
    from workflows.shortage_state import LEDGERS_AND_BANDS


@workflow.defn(name=names.OVERSELL_CASE)
class OversellCase(ShortageLead):
    """Settle one oversold order with its buyer."""

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        self.begin(payload, CaseKind.OVERSOLD, ledgers=lambda: workflow.patched(LEDGERS_AND_BANDS))

    @workflow.run
    async def run(self, payload: Any = None) -> CaseView:
        """Run the case to its end."""
        return await self.lead_to_the_end()
