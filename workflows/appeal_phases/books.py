"""What is written down of every round: its handing in, its decision, for custody and for later."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.appeal import AppealCase
    from workflows.appeal_state import Round
    from workflows.policies import OURS
    from workflows.ports import AppealsPort, EffectKey, KeepOutcome, NoteFiling


async def keep_books(case: AppealCase) -> None:
    """Write down each filing and each decision as it comes."""
    while not case.closed:
        await write_down(case)
        written = _done(case)
        await case.wait(lambda: _done(case) != written)  # noqa: B023  # awaited before the loop goes on


def _done(case: AppealCase) -> tuple[bool, ...]:
    return tuple(bool(part) for one in case.rounds for part in (one.filing, one.answer))


async def write_down(case: AppealCase) -> None:
    """Write down what is not written yet; each once."""
    for one in case.rounds:
        if one.filing:
            await _write_filing(case, one)
        if one.answer:
            await _write_answer(case, one)


async def _write_filing(case: AppealCase, one: Round) -> None:
    async def attempt(key: EffectKey) -> None:
        await _submitted(case, key, one)

    await case.take_step(f"submitted:{one.number}", attempt, beside=True)


async def _write_answer(case: AppealCase, one: Round) -> None:
    async def attempt(_key: EffectKey) -> None:
        await _decided(case, one)

    await case.take_step(f"round:{one.number}", attempt, beside=True)


async def _submitted(case: AppealCase, key: EffectKey, one: Round) -> None:
    if one.filing is None or one.packet is None:
        return
    cmd = NoteFiling(
        key=key,
        ticket_id=case.ticket_id,
        round=one.number,
        channel=one.filing.channel,
        reference=one.filing.reference,
        actor=one.filing.actor,
        filed_at=one.filing.filed_at,
        packet_id=one.packet.evidence_id,
        evidence_ids=one.exhibits,
    )
    await case.remote(AppealsPort.note_filing, cmd, OURS, f"custody of round {one.number}")


async def _decided(case: AppealCase, one: Round) -> None:
    if one.filing is None or one.answer is None or case.scenario is None:
        return
    files = one.packet.files if one.packet else ()
    cmd = KeepOutcome(
        appeal_id=case.case_id,
        shop_id=case.shop_id,
        ticket_id=case.ticket_id,
        market=case.pinned.market,
        violation=case.violation,
        scenario=case.scenario,
        round=one.number,
        decision=one.answer.decision,
        reason=one.answer.reason,
        kinds=tuple(dict.fromkeys(file.kind for file in files)),
        complete=one.filing.complete,
        at=one.answer.decided_at,
    )
    await case.remote(AppealsPort.keep_outcome, cmd, OURS, f"outcome of round {one.number}")
