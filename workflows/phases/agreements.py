"""What is kept of promises and agreements: the supplier's dates, and the buyer's yes to one."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState
    from domain.consents import SilenceRule, may_silence_consent
    from domain.promises import PaddedDate
    from domain.timeline import EventKey
    from workflows.ports.ledgers import KeepConsent, LedgerPort, NotePromise, PadPromise
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import Agreed

T = TypeVar("T")

_BEFORE_SHOWN = "; it came before the offers were shown, and the date was confirmed by a message"


async def pad_dates(case: ShortageCase) -> None:
    """Let a supplier's past speak before its new date is offered to anybody."""
    if not case.ledgers or case.phase in (CaseState.REFUNDING, CaseState.CLOSED):
        return
    for sku, plain in case.supply.dates(case.short_skus()):
        known = (sku, plain) in case.supply.padded or plain == case.supply.decided
        if known or plain <= case.now:
            continue
        padded = await _padded(case, sku, plain)
        if padded is None:
            return
        case.supply.padded[sku, plain] = padded
        case.tell(
            EventKey.PROMISE_PADDED,
            f"{sku} {plain:%Y-%m-%d %H:%M}Z -> {padded.at:%Y-%m-%d %H:%M}Z",
            rule=padded.why,
        )


async def _padded(case: ShortageCase, sku: str, plain: datetime) -> PaddedDate | None:
    cmd = PadPromise(
        supplier=case.supply.supplier or "",
        sku_id=sku,
        promised_at=plain,
        quantile=case.pinned.playbook.wait.padding_quantile,
    )
    name = f"pad:{sku}:{plain:%Y%m%dT%H%M%S}"
    return await _unless_held_up(case, name, LedgerPort.pad_promise, cmd, "what is it worth?")


async def _unless_held_up(
    case: ShortageCase,
    name: str,
    method: Callable[..., Awaitable[T]],
    cmd: PadPromise | KeepConsent | NotePromise,
    summary: str,
) -> T | None:
    """Ask or write the ledger; None if an outage of ours would hold up news or a deadline."""
    until = case.next_deadline()
    return await case.race(
        case.keep(name, method, cmd, summary, by=until),
        until=None,
        unless=lambda: case.closed or case.held_up(until),
    )


async def keep_agreement(case: ShortageCase) -> None:
    """Enter the buyer's yes, and the supplier's dates that it rests on."""
    if not case.ledgers:
        return
    if case.agreed is not None:
        await _keep_consent(case, case.agreed)
    for sku, plain in case.supply.dates(case.short_skus()):
        known = (sku, plain) in case.supply.promised or plain == case.supply.decided
        if not known and await _note(case, sku, plain):
            case.supply.promised.add((sku, plain))


async def _keep_consent(case: ShortageCase, agreed: Agreed) -> None:
    shown = case.contact.shown
    cmd = KeepConsent(
        key=f"{case.case_id}/consent:{agreed.at:%Y%m%dT%H%M%S%f}",
        case_id=case.case_id,
        shop_id=case.shop_id,
        order_id=case.order_id,
        promised_at=agreed.promised_at,
        shown_text=shown.text if shown else "",
        language=shown.language if shown else "",
        silent=agreed.silent,
        reply_text=agreed.text,
        message_id=agreed.message_id,
        rule=agreed.rule if shown else agreed.rule + _BEFORE_SHOWN,
        given_at=agreed.at,
    )
    name, what = f"consent:{agreed.at:%Y%m%dT%H%M%S}", "keep the buyer's yes"
    await _unless_held_up(case, name, LedgerPort.keep_consent, cmd, what)
    if not case.is_finished(name):
        return
    case.agreed = None
    how = "silence" if agreed.silent else "express yes"
    case.tell(
        EventKey.CONSENT_KEPT,
        f"{how} to {agreed.promised_at:%Y-%m-%d %H:%M}Z",
        rule=agreed.rule,
    )


async def note_arrivals(case: ShortageCase) -> None:
    """Tell the ledger when promised units came: in stock now, or in a parcel by the date."""
    for sku, plain in sorted(case.supply.promised):
        news = case.supply.plain(sku)
        if news.in_stock and await _note(case, sku, plain, real_at=news.at):
            case.supply.promised.discard((sku, plain))


async def note_dispatch(case: ShortageCase) -> None:
    """A parcel that left by the supplier's date shows that its units had come."""
    for sku, plain in sorted(case.supply.promised):
        if case.now <= plain and await _note(case, sku, plain, real_at=case.now):
            case.supply.promised.discard((sku, plain))


async def _note(
    case: ShortageCase, sku: str, plain: datetime, *, real_at: datetime | None = None
) -> bool:
    cmd = NotePromise(
        supplier=case.supply.supplier or "",
        sku_id=sku,
        promised_at=plain,
        real_at=real_at,
        at=case.now,
    )
    name = f"promise:{sku}:{plain:%Y%m%dT%H%M%S}:{'came' if real_at else 'made'}"
    what = "note the supplier's date"
    await _unless_held_up(case, name, LedgerPort.note_promise, cmd, what)
    return case.is_finished(name)


def silence_about(case: ShortageCase, date: datetime | None, notice: int) -> SilenceRule:
    """Return whether silence about a later date may count as a yes.

    Args:
        case: A case whose buyer agreed to a date that slipped.
        date: The later date; None if there is none.
        notice: Which notice of a slip it is, from 1.
    """
    if not case.ledgers:
        return SilenceRule(counts=False, rule="silence is no consent")
    delay = date - case.first_promise if date and case.first_promise else None
    return may_silence_consent(
        profile=case.pinned.profile, playbook=case.pinned.playbook, notice=notice, delay=delay
    )
