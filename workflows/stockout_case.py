"""One order of an item that is out of stock: the supplier is asked, then the buyer."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind, CaseView
    from workflows import names
    from workflows.leading import ShortageLead, check_order_id
    from workflows.payloads import ShortageInput
    from workflows.shortage import ShortageCase


@workflow.defn(name=names.STOCKOUT_CASE)
class StockoutCase(ShortageLead):
    """Settle one order whose item is out of stock with its buyer."""

    @workflow.init
    def __init__(self, payload: Any = None) -> None:
        self.begin(ShortageInput, payload, _case_of)

    @workflow.run
    async def run(self, payload: Any = None) -> CaseView:
        """Run the case to its end."""
        return await self.lead_to_the_end()


def _case_of(inp: ShortageInput) -> ShortageCase:
    check_order_id(inp)
    return ShortageCase(inp, CaseKind.UNAVAILABLE, ledgers=True)
