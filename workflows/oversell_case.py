"""One oversold order: from the shortage to a buyer who waits, swaps or has the money back."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind, CaseView
    from workflows import names
    from workflows.leading import ShortageLead, check_order_id
    from workflows.payloads import ShortageInput
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import LEDGERS_AND_BANDS


@workflow.defn(name=names.OVERSELL_CASE)
class OversellCase(ShortageLead):
    """Settle one oversold order with its buyer."""

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        self.begin(ShortageInput, payload, _case_of)

    @workflow.run
    async def run(self, payload: Any = None) -> CaseView:
        """Run the case to its end."""
        return await self.lead_to_the_end()


def _case_of(inp: ShortageInput) -> ShortageCase:
    check_order_id(inp)
    return ShortageCase(inp, CaseKind.OVERSOLD, ledgers=workflow.patched(LEDGERS_AND_BANDS))
