"""An incident that grows long goes on in new runs, and nobody outside can tell."""

from datetime import timedelta

from domain.cases import CaseState as S
from tests.support.case_states import soon
from tests.support.faults import until_told
from tests.support.incidents import fresh, incident_floor, look_round, part

ANNA = {"actor": "anna"}


async def test_a_long_incident_hands_everything_it_knows_to_its_next_run() -> None:
    suggest = {"limit.historyCount.suggestContinueAsNew": "40"}
    async with incident_floor(server=suggest, people=True) as stack:
        sku = fresh(stack, 0)
        incident = await sku.oversold(1, 1, 2, on_hand=1)
        first = await incident.view()
        note = {**ANNA, "text": "the mill is closed on Sundays", "request_id": "n1"}
        await incident.update("note", note)
        await until_told(incident, "task.called")
        asked = (await incident.view()).tasks
        runs = {(await incident.handle.describe()).run_id}

        for hour in range(1, 5):
            await incident.update(
                "set_restock",
                {
                    **ANNA,
                    "sku_id": sku.sku_id,
                    "state": "expected",
                    "available_at": soon(hours=30 + hour),
                },
            )
            await look_round(incident)
            runs.add((await incident.handle.describe()).run_id)
        assert len(runs) > 1
        view = await incident.update("note", note)

        assert (first.opened_at, first.detected_at) == (view.opened_at, view.detected_at)
        assert S.AWAITING_RESTOCK is view.state
        assert part(first).counts == part(view).counts
        keys = await incident.keys()
        assert (1, 1, 4) == tuple(
            keys.count(one) for one in ("case.opened", "case.noted", "restock.changed")
        )
        assert ["supplier"] == [one.step for one in asked]
        assert 1 == keys.count("task.called"), "nobody is called again for a new run"
        lot = {**ANNA, "lot_id": "L1", "quantity": 5}
        view = await incident.update("receive_lot", lot)
        assert "already" in await incident.refused("receive_lot", lot)
        await incident.until(lambda view: part(view).counts.served == 3)
        await incident.update("withdraw", {**ANNA, "reason": "over"})
        closed = await incident.result()
        assert first.opened_at == closed.opened_at
        assert timedelta(0) < (closed.closed_at or first.opened_at) - first.opened_at
