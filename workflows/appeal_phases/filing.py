"""Filing: the packet is built, and a person or the merchant's gateway hands the round in."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, HumanTask
    from domain.moves import Move
    from domain.playbook import FilingChannel
    from domain.timeline import CASE, EventKey
    from workflows.appeal import AppealCase
    from workflows.appeal_phases.collecting import expire
    from workflows.appeal_state import FILE, RECORD_FILING, Filing
    from workflows.policies import GATEWAY, PACKETS
    from workflows.ports import (
        AppealsPort,
        BuildPacket,
        EffectKey,
        FileByGateway,
        Filed,
        GatewayPort,
        PacketBuilt,
    )
    from workflows.steps import StepAbandonedError

_UNFILED = "The window passes unused, and the penalty stands."


async def file(case: AppealCase) -> None:
    """Have the round handed in, with the newest of what is held."""
    if case.has_ended():
        expire(case)
    elif not case.readiness().ready:
        first = len(case.rounds) == 1
        case.drop_task(FILE)
        case.move(Move.INCOMPLETE if first else Move.INCOMPLETE_AGAIN)
    elif _signature(case) != case.round.packed:
        await _pack(case)
    elif case.assisted:
        await _by_person(case)
    else:
        await _by_gateway(case)


def hand_in(case: AppealCase, filing: Filing, detail: str) -> None:
    """Note that the round was handed in."""
    case.round.filing = filing
    case.drop_task(FILE)
    receipt = (filing.receipt,) if filing.receipt else ()
    case.tell(EventKey.APPEAL_FILED, detail, actor=filing.actor, evidence=receipt)
    case.move(Move.FILED)
    case.drop_round_tasks()
    case.arrived()


def _ends(case: AppealCase) -> datetime | None:
    ends = case.deadlines.window_ends
    return ends.at if ends else None


# The packet


def _signature(case: AppealCase) -> tuple[object, ...]:
    """Return everything that a packet is built from; another one is built once it differs."""
    proven = case.completeness()
    return (
        case.scenario,
        tuple(one.evidence_id for one in case.proofs.all_held),
        case.order_ids,
        case.round.argument,
        bool(proven and proven.complete),
    )


async def _pack(case: AppealCase) -> None:
    signature = _signature(case)
    case.round.version += 1
    built = await case.race(
        case.take_step(
            f"packet:{case.round.number}:{case.round.version}",
            lambda key: _build(case, key),
            otherwise="A person files without the packet.",
            by=_ends(case),
        ),
        until=_ends(case),
        unless=lambda: case.phase is not CaseState.READY or case.news_waits,
        why="build the packet",
    )
    if built is None:
        return
    case.round.packet, case.round.packed = built, signature
    case.tell(EventKey.APPEAL_PACKED, built.name, evidence=(built.evidence_id,))


async def _build(case: AppealCase, key: EffectKey) -> PacketBuilt:
    argued, proven, before = case.argued, case.completeness(), case.rounds[:-1]
    if argued is None or proven is None:
        raise ValueError("no scenario is argued")
    rejection = before[-1].answer if before else None
    deadlines = case.deadlines
    cmd = BuildPacket(
        key=key,
        shop_id=case.shop_id,
        ticket_id=case.ticket_id,
        market=case.pinned.market,
        zone=case.pinned.profile.zone,
        language=case.language or case.pinned.profile.language,
        violation=case.violation,
        scenario=argued.scenario,
        requirement_set=argued,
        round=case.round.number,
        order_ids=case.order_ids,
        story=case.story_to_tell(),
        held=case.proofs.all_held,
        earlier=before[-1].exhibits if before else (),
        missing=tuple(one.key for one in proven.missing_needed()),
        rejection_reason=rejection.reason if rejection else "",
        argument=case.round.argument,
        window_ends=deadlines.window_ends.at if deadlines.window_ends else None,
        last_safe_moment=deadlines.last_safe_moment.at if deadlines.last_safe_moment else None,
    )
    return await case.remote(
        AppealsPort.build_packet, cmd, PACKETS, f"build packet {case.round.version}"
    )


# Handing it in


async def _by_person(case: AppealCase) -> None:
    case.ask_person(_task(case))
    await case.wait(
        lambda: case.inbox.news or case.phase is not CaseState.READY,
        until=_ends(case),
        why="the window to file",
    )


def _task(case: AppealCase) -> HumanTask:
    packet, number = case.round.packet, case.round.number
    ends = case.deadlines.window_ends
    which = "first" if number == 1 else "second"
    proven = case.completeness()
    part = "" if proven and proven.complete else " with what there is"
    return HumanTask(
        step=FILE,
        ask=f"File the {which} appeal against ticket {case.ticket_id} in Seller Center{part}: "
        f"paste the text, upload {packet.name if packet else 'the exhibits'}, then record the "
        "reference and a screenshot.",
        ask_zh=" ".join(packet.checklist_zh) if packet else "",
        by=ends.at if ends else None,
        options=(RECORD_FILING,),
        otherwise=_UNFILED,
        text=packet.text if packet else "",
    )


async def _by_gateway(case: AppealCase) -> None:
    """Have the merchant's endpoint hand it in; where it cannot, a person does."""
    case.round.handing_in = True
    try:
        handed = await case.race(
            case.take_step(
                f"gateway:{case.round.number}",
                lambda key: _file(case, key),
                dispensable=True,
                otherwise=_UNFILED,
                by=_ends(case),
            ),
            until=_ends(case),
            unless=lambda: case.phase is not CaseState.READY,
            why="the gateway",
        )
    except StepAbandonedError:
        case.round.by_hand = True
        return
    finally:
        case.round.handing_in = False
    if handed is None:
        return
    complete = bool((proven := case.completeness()) and proven.complete)
    filing = Filing(
        reference=handed.reference,
        filed_at=handed.filed_at,
        channel=FilingChannel.GATEWAY,
        complete=complete,
        actor=CASE,
    )
    hand_in(case, filing, f"{handed.reference} by the gateway")


async def _file(case: AppealCase, key: EffectKey) -> Filed:
    packet, argued = case.round.packet, case.argued
    if packet is None or argued is None:
        raise ValueError("there is no packet to hand in")
    cmd = FileByGateway(
        key=key,
        shop_id=case.shop_id,
        ticket_id=case.ticket_id,
        market=case.pinned.market,
        violation=case.violation,
        scenario=argued.scenario,
        round=case.round.number,
        order_ids=case.order_ids,
        packet=packet,
        file_by=_ends(case),
        now=case.now,
    )
    return await case.remote(GatewayPort.file_by_gateway, cmd, GATEWAY, "hand in by the gateway")
