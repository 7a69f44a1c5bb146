"""The moves of a shortage: oversold and unavailable orders."""

from domain.cases import CaseState as S
from domain.moves import Move, MoveTable, Row

_ENDS = (
    (Move.SHIPPED_OUTSIDE, "the parcel is on its way, nothing is left to settle"),
    (Move.CANCELLED_OUTSIDE, "the order was cancelled by someone else"),
    (Move.WITHDRAWN, "a person withdrew the case"),
    (Move.PERSON_CLOSES, "a person closed the case"),
)
_OPEN = (
    S.OPENING,
    S.CONTACTING,
    S.AWAITING_CHOICE,
    S.WAITING_RESTOCK,
    S.ARRANGING_SWAP,
    S.REFUNDING,
)
_READ = _OPEN[1:]
"""States in which the order has been read; before that nothing can be decided about it."""

SHORTAGE = MoveTable(
    Row(S.OPENING, Move.READY, S.CONTACTING, "the order can still be settled with the buyer"),
    Row(S.OPENING, Move.ORDER_UNKNOWN, S.CLOSED, "the shop does not know the order"),
    Row(S.OPENING, Move.DUPLICATE, S.CLOSED, "a closed case is on file for the order"),
    Row(S.CONTACTING, Move.CONTACTED, S.AWAITING_CHOICE, "the buyer was told and asked"),
    Row(S.CONTACTING, Move.NO_TIME_TO_ASK, S.REFUNDING, "the buyer was told; no time to choose"),
    Row(S.CONTACTING, Move.NOTHING_COMES, S.REFUNDING, "the buyer was told that nothing comes"),
    Row(S.CONTACTING, Move.NOT_CONTACTED, S.REFUNDING, "the contact deadline passed in silence"),
    Row(S.CONTACTING, Move.WAIT_CHOSEN, S.WAITING_RESTOCK, "the buyer decided unasked"),
    Row(S.CONTACTING, Move.SWAP_CHOSEN, S.ARRANGING_SWAP, "the buyer decided unasked"),
    Row(S.CONTACTING, Move.REFUND_CHOSEN, S.REFUNDING, "the buyer decided unasked"),
    Row(S.CONTACTING, Move.SKU_JOINED, S.CONTACTING, "one ask covers every short product"),
    Row(S.AWAITING_CHOICE, Move.WAIT_CHOSEN, S.WAITING_RESTOCK, "the buyer waits for the date"),
    Row(S.AWAITING_CHOICE, Move.SWAP_CHOSEN, S.ARRANGING_SWAP, "the buyer takes the substitute"),
    Row(S.AWAITING_CHOICE, Move.REFUND_CHOSEN, S.REFUNDING, "the buyer wants the money back"),
    Row(S.AWAITING_CHOICE, Move.NO_REPLY, S.REFUNDING, "the choice deadline passed in silence"),
    Row(S.AWAITING_CHOICE, Move.NO_CONSENT, S.REFUNDING, "nobody agreed to the later date"),
    Row(S.AWAITING_CHOICE, Move.SILENCE_AGREED, S.WAITING_RESTOCK, "law and playbook let it"),
    Row(
        S.AWAITING_CHOICE, Move.NOTHING_COMES, S.REFUNDING, "the buyer was told that nothing comes"
    ),
    Row(S.AWAITING_CHOICE, Move.NO_DATE_LEFT, S.REFUNDING, "no date is left that can be kept"),
    Row(S.AWAITING_CHOICE, Move.SKU_JOINED, S.CONTACTING, "a further product needs one more ask"),
    Row(S.WAITING_RESTOCK, Move.KEPT, S.CLOSED, "the order was dispatched by the date"),
    Row(S.WAITING_RESTOCK, Move.SLIPPED, S.AWAITING_CHOICE, "the later date needs a new yes"),
    Row(S.WAITING_RESTOCK, Move.NO_DATE_LEFT, S.REFUNDING, "no date is left that can be kept"),
    Row(S.WAITING_RESTOCK, Move.SWAP_CHOSEN, S.ARRANGING_SWAP, "the buyer changed their mind"),
    Row(S.WAITING_RESTOCK, Move.REFUND_CHOSEN, S.REFUNDING, "the buyer changed their mind"),
    Row(S.WAITING_RESTOCK, Move.SKU_JOINED, S.CONTACTING, "a further product needs one more ask"),
    Row(
        S.ARRANGING_SWAP, Move.REPLACEMENT_FOUND, S.REFUNDING, "the new order stands, the old ends"
    ),
    Row(S.ARRANGING_SWAP, Move.SWAP_LAPSED, S.REFUNDING, "no new order came by the deadline"),
    Row(S.ARRANGING_SWAP, Move.WAIT_CHOSEN, S.WAITING_RESTOCK, "the buyer changed their mind"),
    Row(S.ARRANGING_SWAP, Move.REFUND_CHOSEN, S.REFUNDING, "the buyer changed their mind"),
    Row(S.ARRANGING_SWAP, Move.SKU_JOINED, S.CONTACTING, "a further product needs one more ask"),
    Row(S.REFUNDING, Move.REFUNDED, S.CLOSED, "the cancellation is complete"),
    Row(S.REFUNDING, Move.WAIT_CHOSEN, S.WAITING_RESTOCK, "nothing was cancelled yet"),
    Row(S.REFUNDING, Move.SWAP_CHOSEN, S.ARRANGING_SWAP, "nothing was cancelled yet"),
    Row(S.REFUNDING, Move.REFUND_CHOSEN, S.REFUNDING, "the buyer agrees with the refund"),
    Row(S.REFUNDING, Move.SKU_JOINED, S.CONTACTING, "a further product needs one more ask"),
    *(Row(state, Move.PERSON_REFUNDS, S.REFUNDING, "a person decided") for state in _READ),
    *(Row(state, Move.PERSON_WAITS, S.WAITING_RESTOCK, "a person decided") for state in _READ),
    *(Row(state, move, S.CLOSED, why) for state in _OPEN for move, why in _ENDS),
    *(Row(state, Move.STEP_PARKED, S.PARKED, "a step waits for a person") for state in _OPEN),
)
"""Oversold and unavailable orders. `parked` shows over the state it resumes to: there,
`step_resumed` leads back, and the row of the state below applies to everything else."""
