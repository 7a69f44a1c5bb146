"""Late pickups in the demo: people hand in, file and type in; promises break when they must."""

import asyncio
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typing_extensions import override

from casedesk.demo.decisions import Decisions
from casedesk.demo.effects import Effects
from casedesk.demo.ends import ParcelEnd
from casedesk.demo.evidence import EvidenceRoom, HandedIn, made_of
from casedesk.demo.letterbox import Letter, letterbox
from casedesk.demo.packets import check_packets
from casedesk.demo.paperwork import Paperwork
from casedesk.demo.parcels import FORGIVEN, PENALISED_IN, WON_AT_ONCE, WON_LATER, DemoParcel
from casedesk.demo.pickup_summary import figures, promises
from casedesk.demo.platform import Platform
from casedesk.demo.report import HumanAnswer, PacketCheck
from casedesk.desk import CaseDesk, View
from casedesk.sandbox_controls import SandboxControls
from domain.case_parts import (
    AppealPart,
    FilingView,
    PacketView,
    PickupPart,
    ProofState,
    ProofView,
)
from domain.cases import CaseKind, CaseOutcome, CaseState, CaseView, HumanTask
from domain.requirements import RequirementKind, Violation
from vault.file_types import media_type

ISSUED = datetime(2026, 11, 26, 2, tzinfo=UTC)
NOW = ISSUED + timedelta(hours=2)


class Desk(CaseDesk):
    """Remembers what it was asked to decide and told."""

    def __init__(self) -> None:
        self.decided: list[tuple[str, dict[str, Any]]] = []
        self.told: list[tuple[str, str, dict[str, Any]]] = []

    @override
    async def decide(  # type: ignore[override]  # only what people use
        self, case_id: str, update: str, payload: Mapping[str, Any], *, request_id: str
    ) -> View:
        """Remember a decision."""
        self.decided.append((update, dict(payload)))
        return {}

    @override
    async def signal(self, case_id: str, name: str, payload: Mapping[str, Any]) -> None:
        """Remember a fact."""
        self.told.append((case_id, name, dict(payload)))


class Room(EvidenceRoom):
    """Keeps what is handed in, and gives out one packet."""

    def __init__(self) -> None:
        self.handed: list[tuple[str, HandedIn]] = []

    @override
    async def hand_in(self, case_id: str, file: HandedIn) -> str:
        """Keep a file."""
        self.handed.append((case_id, file))
        return f"EV-{len(self.handed)}"

    @override
    async def read(self, evidence_id: str, *, actor: str) -> bytes:
        """Return the packet."""
        assert "EV-PACKET" == evidence_id
        return b"a packet"


class Notices(Platform):
    """Two penalties, of which one was decided about once."""

    def __init__(self) -> None:
        self.held = {
            one.ticket_id: {
                "ticket_id": one.ticket_id,
                "kind": "late_dispatch",
                "issued_at": ISSUED.isoformat(),
                "points": 1,
                "decisions": [],
            }
            for one in (WON_AT_ONCE, WON_LATER)
        }
        self.held[WON_LATER.ticket_id]["decisions"] = [{"decision": "rejected", "reason": "chat"}]

    @override
    async def _held(self) -> dict[str, dict[str, Any]]:
        return self.held


@dataclass
class Clerk:
    """Somebody at the desk, and what they did."""

    folder: Path
    desk: Desk = field(default_factory=Desk)
    room: Room = field(default_factory=Room)

    def __post_init__(self) -> None:
        self.paper = Paperwork(
            Decisions(self.desk), self.room, Notices(), lambda: NOW, self.folder
        )


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    return Clerk(tmp_path)


def _view(kind: CaseKind, parcel: DemoParcel, **given: Any) -> CaseView:
    known: dict[str, Any] = {
        "kind": kind,
        "state": CaseState.COLLECTING_EVIDENCE,
        "case_id": parcel.case_id if kind is CaseKind.LATE_PICKUP else parcel.appeal_id,
        "shop_id": parcel.shop.shop_id,
        "order_id": "1",
        "opened_at": ISSUED,
        "detected_at": ISSUED,
    }
    return CaseView(**known | given)


def _pickup(*kinds: RequirementKind) -> CaseView:
    proof = ProofView(key="wanted", kinds=kinds, needed=True, state=ProofState.ASKED)
    part = PickupPart(package_id=FORGIVEN.package_id, proofs=(proof,))
    return _view(CaseKind.LATE_PICKUP, FORGIVEN, pickup=part)


def _appeal(parcel: DemoParcel, state: CaseState, number: int = 1, **given: Any) -> CaseView:
    packet = PacketView(
        round=number, path="x.zip", evidence_id="EV-PACKET", text="", english="", built_at=NOW
    )
    part = AppealPart(
        ticket_id=parcel.ticket_id,
        violation=Violation.LATE_DISPATCH,
        round=number,
        packet=packet,
        **given,
    )
    return _view(CaseKind.APPEAL, parcel, state=state, appeal=part)


def _task(step: str, *options: str) -> HumanTask:
    return HumanTask(step=step, ask="please", options=options)


@pytest.mark.parametrize(
    ("kind", "update"),
    [
        (RequirementKind.READY_PHOTO, "attach_evidence"),
        (RequirementKind.CARRIER_CHAT, "attach_evidence"),
        (RequirementKind.FULL_VEHICLE_PHOTO, "resume_step"),
    ],
)
async def test_what_is_at_hand_is_attached_and_what_cannot_be_had_is_given_up(
    clerk: Clerk, kind: RequirementKind, update: str
) -> None:
    task = _task("evidence:wanted", "attach_evidence", "abandon")
    await clerk.paper.pickup(_pickup(kind), task)
    ((decided, payload),) = clerk.desk.decided
    assert update == decided
    assert payload.get("how", "abandon") == "abandon"
    handed = [file.requirement for _, file in clerk.room.handed]
    assert ([kind] if update == "attach_evidence" else []) == handed


async def test_other_tasks_of_a_parcel_are_done_and_buyers_told(clerk: Clerk) -> None:
    view = _pickup(RequirementKind.READY_PHOTO)
    await clerk.paper.pickup(view, _task("help_center", "done", "abandon"))
    await clerk.paper.pickup(view, _task("tell:1", "record_contact"))
    assert ["resume_step", "record_contact"] == [update for update, _ in clerk.desk.decided]
    assert "done" == clerk.desk.decided[0][1]["how"]


async def test_each_penalty_is_typed_in_once(clerk: Clerk) -> None:
    assert [2, 0] == [await clerk.paper.tell_penalties() for _ in range(2)]
    assert [WON_AT_ONCE.case_id, WON_LATER.case_id] == [case for case, _, _ in clerk.desk.told]
    assert {"penalty_issued"} == {name for _, name, _ in clerk.desk.told}


async def test_a_packet_is_saved_and_filed_with_a_picture_of_the_filing(clerk: Clerk) -> None:
    view = _appeal(WON_AT_ONCE, CaseState.READY)
    await clerk.paper.appeal(view, _task("file", "record_filing"))
    ((update, payload),) = clerk.desk.decided
    assert ("record_filing", f"{WON_AT_ONCE.ticket_id}/1") == (update, payload["reference"])
    assert "EV-1" == payload["evidence_id"]
    assert b"a packet" == clerk.paper.packets[WON_AT_ONCE.ticket_id, 1].read_bytes()


async def test_a_packet_that_is_not_there_yet_is_not_filed(clerk: Clerk) -> None:
    view = _appeal(WON_AT_ONCE, CaseState.COLLECTING)
    await clerk.paper.appeal(view, _task("file", "record_filing"))
    assert [] == clerk.desk.decided


async def test_a_decision_is_typed_in_once_seller_center_shows_it(clerk: Clerk) -> None:
    decision = _task("decision", "record_decision")
    await clerk.paper.appeal(_appeal(WON_AT_ONCE, CaseState.FILED), decision)
    assert [] == clerk.desk.decided
    await clerk.paper.appeal(_appeal(WON_LATER, CaseState.FILED), decision)
    ((update, payload),) = clerk.desk.decided
    assert ("record_decision", "rejected") == (update, payload["decision"])


async def test_a_second_round_adds_what_the_first_did_not_show(clerk: Clerk) -> None:
    view = _appeal(WON_LATER, CaseState.SECOND_ROUND, 2)
    await clerk.paper.appeal(view, _task("argument", "done"))
    ((case_id, file),) = clerk.room.handed
    assert (WON_LATER.appeal_id, RequirementKind.CALL_RECORDING) == (case_id, file.requirement)
    assert "attach_evidence" == clerk.desk.decided[0][0]


@pytest.mark.parametrize(
    ("kind", "media"),
    [(RequirementKind.READY_PHOTO, "image/png"), (RequirementKind.CALL_RECORDING, "audio/mp4")],
)
def test_files_are_what_their_names_say_and_differ_by_what_they_show(
    kind: RequirementKind, media: str
) -> None:
    files = [made_of(kind, seen, actor="nan", at=NOW) for seen in ("one", "one", "two")]
    assert media == media_type(files[0].content[:4096])
    assert files[0] == files[1] != files[2]


async def test_penalties_and_decisions_are_written_once_whatever_is_repeated() -> None:
    """Whoever does not know whether a write was heard looks before it writes again."""
    shops = Scripted()
    platform = Platform(shops)
    for _ in range(2):
        for after in (PENALISED_IN, WON_LATER.answers[0].after, WON_LATER.answers[1].after):
            await platform.act(after)
    issued = [body for body in shops.posted if "package_id" in body]
    assert [WON_AT_ONCE.ticket_id, WON_LATER.ticket_id] == [one["ticket_id"] for one in issued]
    words = {
        ticket: [one["decision"] for one in notice["decisions"]]
        for ticket, notice in shops.notices.items()
    }
    assert {"accepted"} == set(words[WON_AT_ONCE.ticket_id])
    assert ["rejected", "accepted"] == words[WON_LATER.ticket_id]
    assert await platform.decision(WON_LATER, 3) is None


class Scripted(SandboxControls):
    """Penalty controls whose first answer to every write is lost."""

    def __init__(self) -> None:
        self.notices: dict[str, dict[str, Any]] = {}
        self.posted: list[dict[str, Any]] = []
        self._lost: set[str] = set()

    @override
    async def get(self, name: str, **query: str) -> dict[str, Any]:
        """Return every notice."""
        assert "penalties" == name
        return {"penalties": list(self.notices.values())}

    @override
    async def post(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Write, and lose the first answer to each different write."""
        told = dict(body)
        self.posted.append(told)
        notice = self.notices.setdefault(told["ticket_id"], {**told, "decisions": []})
        if "decision" in told:
            notice["decisions"].append(told)
        key = json.dumps(told, sort_keys=True)
        if key not in self._lost:
            self._lost.add(key)
            raise httpx.ReadError("the answer was lost")
        return notice


async def test_a_letter_that_comes_twice_is_one_letter() -> None:
    async with letterbox() as box, httpx.AsyncClient(trust_env=False) as http:
        url = f"{box.address.replace('json', 'http')}/supplier"
        for words in ("when? incident:1", "when? incident:1", "still nothing? incident:1"):
            answer = await http.post(url, json={"title": "", "message": words})
            assert answer.is_success
        assert 2 == len(box.about("supplier", "incident:1"))
        assert [] == box.about("host-US", "incident:1")
        assert Letter("supplier", "\nwhen? incident:1") == box.letters[0]


async def test_whoever_breaks_off_has_sent_no_letter() -> None:
    async with letterbox() as box:
        _, writer = await asyncio.open_connection("127.0.0.1", box.port)
        writer.write(b"POST /supplier HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        writer.close()
        await writer.wait_closed()
    assert [] == box.letters


@pytest.mark.parametrize(("status", "verified"), [(0, True), (1, False), (2, False)])
async def test_a_packet_is_unpacked_and_judged_by_the_file_inside_it(
    tmp_path: Path,
    status: int,
    verified: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    archive = tmp_path / "T-1-round-1.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("verify.py", f"print('first')\nprint('last')\nraise SystemExit({status})")
    (check,) = await check_packets({("T-1", 1): archive})
    assert verified == check.verified
    assert "last" == check.said
    assert (tmp_path / "T-1-round-1" / "verify.py").is_file()


# The summary


def _filing(number: int, at: datetime, reference: str = "") -> FilingView:
    return FilingView(round=number, filed_at=at, reference=reference or f"{number}")


def _end(parcel: DemoParcel = WON_LATER, **given: Any) -> ParcelEnd:
    rounds = (
        _filing(1, ISSUED + timedelta(hours=2)),
        _filing(2, ISSUED + timedelta(days=21)),
    )
    rejected = ISSUED + timedelta(days=10)
    known: dict[str, Any] = {
        "parcel": parcel,
        "orders": ["1", "2"],
        "view": _view(CaseKind.LATE_PICKUP, parcel, closed_at=NOW, outcome=CaseOutcome.APPEAL_WON),
        "appeal": _appeal(parcel, CaseState.CLOSED, 2, rounds=rounds).model_copy(
            update={"closed_at": NOW, "outcome": CaseOutcome.APPEAL_WON}
        ),
        "notice": {
            "issued_at": ISSUED.isoformat(),
            "decisions": [
                {"decided_at": at.isoformat()} for at in (rejected, rejected + timedelta(days=20))
            ],
        },
    }
    return ParcelEnd(**known | given)


def _filed(end: ParcelEnd, *rounds: FilingView) -> ParcelEnd:
    appeal = end.appeal
    assert appeal
    assert appeal.appeal
    part = appeal.appeal.model_copy(update={"rounds": rounds})
    return replace(end, appeal=appeal.model_copy(update={"appeal": part}))


KEPT = _end()
ANSWERS = [HumanAnswer(order_id="1", task="file", actor="nan", answer="record_filing")] * 2
PACKETS = [
    PacketCheck(ticket_id=WON_LATER.ticket_id, round=number, path="", unpacked="", verified=True)
    for number in (1, 2)
]


def _broken(
    end: ParcelEnd,
    *,
    packets: list[PacketCheck] | None = None,
    answers: list[HumanAnswer] | None = None,
    cancelled: str = "",
) -> list[str]:
    effects = Effects({"cancellations": [{"order_id": cancelled}] if cancelled else []})
    found = promises([end], PACKETS if packets is None else packets, answers or ANSWERS, effects)
    return [one.promise for one in found if not one.kept]


def test_late_pickups_as_they_should_be_break_nothing() -> None:
    assert [] == _broken(KEPT)


@pytest.mark.parametrize("number", [1, 2])
def test_a_round_filed_after_its_window_breaks_its_promise(number: int) -> None:
    late = [
        _filing(1, ISSUED + timedelta(days=31 if number == 1 else 1)),
        _filing(2, ISSUED + timedelta(days=26 if number == 2 else 11)),
    ]
    assert ["every appeal is filed in its window"] == _broken(_filed(KEPT, *late))


def test_a_penalty_that_nobody_appealed_breaks_its_promises() -> None:
    broken = _broken(replace(KEPT, appeal=None), answers=ANSWERS)
    assert "every late pickup and appeal is closed" in broken
    assert "every appeal is filed in its window" in broken


def test_a_second_filing_of_the_same_round_is_seen() -> None:
    assert ["nothing is filed twice"] == _broken(KEPT, answers=[*ANSWERS, ANSWERS[0]])


def test_a_refund_in_a_late_parcel_is_seen() -> None:
    assert ["no buyer of a late pickup is refunded"] == _broken(KEPT, cancelled="2")
    assert [] == _broken(KEPT, cancelled="3")


@pytest.mark.parametrize(
    "packets",
    [PACKETS[:1], [PACKETS[0], PACKETS[1].model_copy(update={"verified": False})]],
    ids=["missing", "altered"],
)
def test_a_round_without_a_packet_that_verifies_is_seen(packets: list[PacketCheck]) -> None:
    assert ["every packet verifies with the file inside it"] == _broken(KEPT, packets=packets)


def test_figures_name_parcels_tickets_and_packets() -> None:
    collected = _end(FORGIVEN, appeal=None, notice={})
    collected = replace(
        collected,
        view=_view(CaseKind.LATE_PICKUP, FORGIVEN, closed_at=NOW, outcome=CaseOutcome.COLLECTED),
    )
    told = {key: one.order_ids for key, one in figures([collected, KEPT], PACKETS).items()}
    assert (FORGIVEN.package_id,) == told["pickups_collected"]
    assert (WON_LATER.ticket_id,) == told["penalties"] == told["appeals_won"]
    assert (WON_LATER.ticket_id,) == told["appeals_second_round"]
    assert told["packets"] == told["packets_verified"]
