"""Taking in what arrived between two steps: outside changes, buyers' texts, restock news."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, CaseState
    from domain.fate import Fate
    from domain.messages import MessageKey
    from domain.moves import Move
    from domain.replies import ReadingReason
    from domain.timeline import BUYER, PLATFORM, EventKey
    from workflows import decisions
    from workflows.news import take_news
    from workflows.payloads import BuyerChose, BuyerWrote
    from workflows.phases.agreements import note_arrivals, pad_dates
    from workflows.ports import AskAnswered, DeskPort, EffectKey, ReadReply, RecordsPort, ReplyRead
    from workflows.shortage import ShortageCase
    from workflows.speaking import facts_of, inform_buyer, settle_contact

_CANCELLED = {
    Fate.CANCELLED_BY_BUYER: CaseOutcome.CANCELLED_BY_BUYER,
    Fate.CANCELLED_BY_SELLER: CaseOutcome.CANCELLED_BY_SELLER,
    Fate.CANCELLED_BY_PLATFORM: CaseOutcome.CANCELLED_BY_PLATFORM,
}
_OPEN_TO_MORE = (ReadingReason.QUESTION, ReadingReason.CONDITIONAL, ReadingReason.UNSURE)
"""Answers to a negotiation that another round may follow; a refusal is none of them."""


async def take_in(case: ShortageCase) -> None:
    """Act on everything that has arrived, outside changes first."""
    case.inbox.taken_in = case.inbox.arrivals
    if case.inbox.stale:
        await look_again(case, until=case.next_deadline())
    if case.inbox.stale:
        case.nudge_later()
    for step in sorted(case.contact.wanted):
        if step in case.contact.recorded or case.task(step) is None:
            await settle_contact(case, step)
    while case.inbox.texts and not case.closed:
        if not await _read(case, case.inbox.texts[0]):
            case.nudge_later()
            break
        case.inbox.texts.pop(0)
    while case.inbox.restock and not case.closed:
        take_news(case, case.inbox.restock.pop(0))
    await note_arrivals(case)
    await pad_dates(case)


async def look_again(case: ShortageCase, *, until: datetime | None = None) -> None:
    """Read the order and end the case if others have settled it.

    Args:
        case: The case.
        until: When something else must be done even if the shop gives no answer; one that
            has passed already does not count.
    """
    await case.race(
        case.look(),
        until=until if until and until > case.now else None,
        unless=lambda: case.closed or case.news_waits,
        why="look",
    )
    if not case.closed:
        settle_from_outside(case)
        decisions.show_buyers_request(case)


def settle_from_outside(case: ShortageCase) -> None:
    """End the case where the units were shipped or cancelled by someone else."""
    if case.closed:
        return
    fate = case.fate()
    if fate in _CANCELLED:
        _cancelled_outside(case, fate)
    elif fate is Fate.SHIPPED or (fate is Fate.PACKED and _packed_is_settled(case)):
        _shipped(case)


def nothing_left(case: ShortageCase) -> None:
    """End a case of whose units none is open any more."""
    settle_from_outside(case)
    if not case.closed:
        _ship(case)


def _cancelled_outside(case: ShortageCase, fate: Fate) -> None:
    ours = case.refund.scheduled and fate is not Fate.CANCELLED_BY_PLATFORM
    if ours:
        return
    case.tell(EventKey.ORDER_CANCELLED, fate, actor=PLATFORM)
    case.move(Move.CANCELLED_OUTSIDE, outcome=_CANCELLED[fate])


def _packed_is_settled(case: ShortageCase) -> bool:
    return case.phase is not CaseState.WAITING_RESTOCK and not case.refund.scheduled


def _shipped(case: ShortageCase) -> None:
    if case.phase is not CaseState.WAITING_RESTOCK:
        _ship(case)


def _ship(case: ShortageCase) -> None:
    case.tell(EventKey.ORDER_SHIPPED, actor=PLATFORM)
    case.move(Move.SHIPPED_OUTSIDE, outcome=CaseOutcome.SHIPPED_ANYWAY)


async def _read(case: ShortageCase, wrote: BuyerWrote) -> bool:
    """Read a text; False while it cannot be read, so that a deadline is not held up."""
    if _is_older_than_ask(case, wrote):
        return True
    if case.contact.latest_ask_at is None or case.phase is CaseState.CONTACTING:
        case.inbox.early_texts.append(wrote)
        return True
    until = case.next_deadline()
    late = until is None or until <= case.now
    read = await case.race(
        case.take_step(
            f"read:{wrote.message_id}", lambda key: _attempt(case, wrote, key), by=until
        ),
        until=None,
        unless=lambda: case.closed or case.held_up(None if late else until),
    )
    if read is None:
        return False
    await _hear(case, wrote, read)
    return True


async def _hear(case: ShortageCase, wrote: BuyerWrote, read: ReplyRead) -> None:
    if not read.mine:
        case.contact.unrouted_choice = None
        return
    case.tell(EventKey.BUYER_WROTE, read.reading.why, actor=BUYER)
    case.contact.replied = True
    if read.reading.language:
        case.language = read.reading.language
    if read.for_person:
        decisions.refuse_choice(
            case, read.reading.choice or "", "nobody can tell which order is meant"
        )
        return
    if read.unclear_whose:
        case.contact.unrouted_choice = read.reading.choice
        await _ask_which(case, wrote, read)
        return
    _act_on(case, wrote, read)


def _is_older_than_ask(case: ShortageCase, wrote: BuyerWrote) -> bool:
    asked = case.contact.latest_ask_index
    return asked is not None and wrote.index is not None and wrote.index <= asked


async def _attempt(case: ShortageCase, wrote: BuyerWrote, _key: EffectKey) -> ReplyRead:
    cmd = ReadReply(
        case_id=case.case_id,
        order_id=case.order_id,
        conversation_id=wrote.conversation_id or case.contact.conversation_id,
        text=wrote.text,
        index=wrote.index,
        offered=tuple(offer.choice for offer in case.offers),
        language=case.language,
        at=case.now,
    )
    return await case.local(DeskPort.read_reply, cmd, "read the reply")


def _act_on(case: ShortageCase, wrote: BuyerWrote, read: ReplyRead) -> None:
    choice = read.reading.choice or case.contact.unrouted_choice
    case.contact.unrouted_choice = None
    if choice is not None:
        if wrote.index is not None and wrote.index < case.contact.chosen_index:
            return
        case.contact.chosen_index = max(wrote.index or -1, case.contact.chosen_index)
        chose = BuyerChose(choice=choice, message_id=wrote.message_id, text=wrote.text)
        decisions.choose(case, chose)
        return
    if case.phase is CaseState.AWAITING_CHOICE:
        decisions.refuse_choice(case, read.reading.unoffered or "", read.reading.why)
        case.bargain.wants_more |= read.reading.why in _OPEN_TO_MORE


async def _ask_which(case: ShortageCase, wrote: BuyerWrote, read: ReplyRead) -> None:
    if not read.ask_which:
        return
    facts = facts_of(case, MessageKey.WHICH_ORDER, other_order_digits=read.waiting_digits)
    await inform_buyer(case, f"which-order:{wrote.message_id}", facts)


def hear_early_texts(case: ShortageCase) -> None:
    """Now that the buyer was asked: what was written after the ask is an answer to it.

    A text whose place is not known may be older; the conversation itself tells.
    """
    early, case.inbox.early_texts = case.inbox.early_texts, []
    for wrote in early:
        if wrote.index is None:
            case.inbox.seen.discard(f"wrote:{wrote.message_id}")
            case.inbox.unread = True
        elif not _is_older_than_ask(case, wrote):
            case.inbox.texts.append(wrote)
    if early:
        case.arrived()


async def settle_ask(case: ShortageCase) -> None:
    """Note that the case's ask is answered, so that later texts go to asks that are open."""
    if case.contact.conversation_id is None or case.contact.ask_settled:
        return
    cmd, until = AskAnswered(case_id=case.case_id), case.next_deadline()
    await case.race(
        case.keep("ask-answered", RecordsPort.ask_answered, cmd, "ask answered", by=until),
        until=None,
        unless=lambda: case.held_up(until),
    )
    case.contact.ask_settled = case.is_finished("ask-answered")
