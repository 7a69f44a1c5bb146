"""Whatever happens, and in whatever order: no unit is promised twice, none lies idle."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.allocation_record import HandMove, Side, record_allocation
from domain.candidates import Candidate, ShortLine
from domain.errors import InputError
from domain.handout import (
    HandOut,
    Standing,
    Turn,
    begin,
    hand_on,
    join,
    leave,
    move,
    owe,
    receive_lot,
    set_on_hand,
    settle,
)
from domain.orders import OrderStatus

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ORDERS = st.integers(0, 9).map(str)
UNITS = st.integers(1, 4)


class _Incident(RuleBasedStateMachine):
    """Events in any order; the shelf is counted beside the ledger, in the plainest way."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = HandOut(on_hand=0)
        self.shelf = 0
        self.lots: set[str] = set()
        self.free_by_hand = False
        self.over: dict[str, Standing] = {}

    @initialize(wanted=st.lists(UNITS, max_size=8), on_hand=st.integers(0, 12))
    def allocated(self, wanted: list[int], on_hand: int) -> None:
        orders = [
            Candidate(
                order_id=str(number),
                status=OrderStatus.AWAITING_SHIPMENT,
                lines=(ShortLine(sku_id="900", quantity=units),),
                paid_at=NOON + timedelta(minutes=number),
            )
            for number, units in enumerate(wanted)
        ]
        self.ledger = begin(
            record_allocation("900", on_hand={"900": on_hand}, candidates={"900": orders})
        )
        self.shelf = on_hand

    def _take(self, turn: Turn) -> None:
        was = {one.order_id: one.standing for one in self.ledger.line}
        now = {one.order_id: one.standing for one in turn.ledger.line}
        for change in turn.changes:
            assert was.get(change.order_id, Standing.SHORT) is not change.now
            assert now[change.order_id] is change.now
        silent = {
            order_id
            for order_id, standing in now.items()
            if standing in {Standing.SERVED, Standing.SHORT}
            and standing is not was.get(order_id, Standing.SHORT)
        }
        assert silent == {change.order_id for change in turn.changes}
        self.ledger = turn.ledger
        self.free_by_hand = False

    @rule(on_hand=st.integers(0, 15))
    def counted(self, on_hand: int) -> None:
        self._take(set_on_hand(self.ledger, on_hand))
        self.shelf = on_hand

    @rule(lot=st.sampled_from("ABC"), quantity=st.integers(1, 6))
    def lot_arrives(self, lot: str, quantity: int) -> None:
        try:
            turn = receive_lot(self.ledger, lot, quantity)
        except InputError:
            assert lot in self.lots
            return
        assert lot not in self.lots
        self._take(turn)
        self.lots.add(lot)
        self.shelf += quantity

    @rule(order_id=ORDERS, wanted=UNITS)
    def order_is_found(self, order_id: str, wanted: int) -> None:
        known = any(one.order_id == order_id for one in self.ledger.line)
        turn = join(self.ledger, order_id, wanted)
        if known:
            assert turn.ledger == self.ledger
        else:
            self._take(turn)

    @precondition(lambda self: self.ledger.line)
    @rule(data=st.data(), wanted=UNITS)
    def order_changes(self, data: st.DataObject, wanted: int) -> None:
        one = data.draw(st.sampled_from(self.ledger.line))
        if one.order_id not in self.over:
            self._take(owe(self.ledger, one.order_id, wanted))

    @precondition(lambda self: self.ledger.line)
    @rule(data=st.data())
    def order_leaves(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.ledger.line))
        if self.over.get(one.order_id) is Standing.SETTLED:
            return
        again = one.order_id in self.over
        turn = leave(self.ledger, one.order_id)
        if again:
            assert turn == Turn(self.ledger, ())
        else:
            self._take(turn)
            self.over[one.order_id] = Standing.LEFT

    @precondition(lambda self: self.ledger.line)
    @rule(data=st.data())
    def order_is_sent(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.ledger.line))
        if self.over.get(one.order_id) is not Standing.SETTLED:
            self._take(settle(self.ledger, one.order_id))
            self.shelf = max(0, self.shelf - one.units)
            self.over[one.order_id] = Standing.SETTLED

    @precondition(lambda self: self.ledger.line)
    @rule(data=st.data(), to=st.sampled_from(Side))
    def person_moves(self, data: st.DataObject, to: Side) -> None:
        one = data.draw(st.sampled_from(self.ledger.line))
        wanted = HandMove(order_id=one.order_id, to=to, reason="said so", actor="mei")
        before = self.ledger
        try:
            turn = move(before, wanted)
        except InputError:
            assert (
                one.order_id in self.over
                or one.standing.value == to.value
                or one.units > before.free
            )
            return
        self._take(turn)
        self.free_by_hand = True

    @rule()
    def free_units_are_handed_on(self) -> None:
        self._take(hand_on(self.ledger))

    @invariant()
    def never_more_promised_than_lies_on_the_shelf(self) -> None:
        assert self.shelf == self.ledger.on_hand
        served = [one.units for one in self.ledger.line if one.standing is Standing.SERVED]
        assert sum(served) <= self.shelf

    @invariant()
    def what_is_over_stays_over(self) -> None:
        standing = {one.order_id: one.standing for one in self.ledger.line}
        assert self.over == {order_id: standing[order_id] for order_id in self.over}

    @invariant()
    def no_unit_lies_idle_that_an_order_in_line_could_use_whole(self) -> None:
        waiting = [
            one
            for one in self.ledger.line
            if one.standing is Standing.SHORT and not one.passed_over
        ]
        assert self.free_by_hand or all(one.units > self.ledger.free for one in waiting)


_Incident.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestIncident = _Incident.TestCase
