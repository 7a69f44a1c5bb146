"""Appeals handed in by the merchant's own endpoint: once, whatever the wire does."""

import io
import json
import logging
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.gateway import GatewayActivities, filing_id_of
from activities.gateway_client import FilingGateway
from domain.appeal_story import PACKET
from domain.errors import InputError
from domain.requirements import Scenario, Violation
from tests.support.activity_runs import failure, run
from tests.support.appeal_facts import after
from tests.support.appeal_house import APPEAL, SHOP, TICKET, AppealHouse, a_packet_built, step
from tests.support.filing_receiver import SECRET, Oddity, Receiver, a_receiver
from tests.support.vault_files import blob_files
from vault.intake import Collecting
from workflows.ports.appeals import FileByGateway, LookAtFiling

pytest_plugins = ("tests.support.record_stores",)

FILED = datetime(2026, 11, 21, 9, tzinfo=UTC)
FILING = f"{APPEAL}:gateway:1"


@pytest.fixture(scope="module")
def house(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppealHouse]:
    """A vault for all tests; a filing changes nothing in it."""
    with AppealHouse.beside(migrated_file, tmp_path_factory.mktemp("gateway")) as shared:
        yield shared


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as running:
        yield running


def activities(house: AppealHouse, receiver: Receiver, **changes: Any) -> GatewayActivities:
    settings: dict[str, Any] = {
        "url": receiver.url,
        "secret": SECRET,
        "timeout_seconds": 0.5,
    }
    return GatewayActivities(house.vault, FilingGateway.open(**settings | changes))


def a_zip(size: int) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        page = zipfile.ZipInfo("packet.pdf", (1980, 1, 1, 0, 0, 0))
        archive.writestr(page, b"%PDF" + bytes(size))
    return into.getvalue()


def ask(house: AppealHouse, *, size: int = 9, **changes: Any) -> FileByGateway:
    """Ask for the filing of a packet that is in the vault."""
    path = house.folder / "packet.zip"
    path.write_bytes(a_zip(size))
    what = Collecting(
        case_id=APPEAL,
        requirement=PACKET,
        actor="case",
        at=after(62),
        source="wenhuo",
        name="appeal.zip",
    )
    item = house.vault.keep_packet(path, what)
    built = a_packet_built(evidence_id=item.evidence_id, digest=item.digest, size=item.size)
    standing = {
        "key": step("gateway:1"),
        "shop_id": SHOP,
        "ticket_id": TICKET,
        "market": "TH",
        "violation": Violation.LATE_DISPATCH,
        "scenario": Scenario.CARRIER_NEVER_CAME,
        "order_ids": ("5764",),
        "packet": built,
        "file_by": after(700),
        "now": after(63),
    }
    return FileByGateway.model_validate(standing | changes)


async def test_an_appeal_is_handed_in_with_its_packet_signed_and_under_its_key(
    house: AppealHouse, receiver: Receiver
) -> None:
    cmd = ask(house, size=9_000_000)

    filed = await run(activities(house, receiver).file_by_gateway, cmd)

    assert ("AP-1", FILED, False) == (filed.reference, filed.filed_at, filed.already)
    assert ["PUT", "POST"] == receiver.methods()
    assert a_zip(9_000_000) == receiver.packets[FILING]
    assert [FILING] * 2 == [call.headers["webhook-id"] for call in receiver.calls]
    body = json.loads(receiver.calls[1].body)
    assert ("appeal.file", after(63).isoformat()) == (body["type"], body["timestamp"])
    assert {
        "shop_id": SHOP,
        "ticket_id": TICKET,
        "round": 1,
        "market": "TH",
        "violation": "late_dispatch",
        "scenario": "carrier_never_came",
        "order_ids": ["5764"],
        "text": "อุทธรณ์",
        "english": "Appeal",
        "language": "th",
        "complete": True,
        "file_by": after(700).isoformat(),
        "packet": {
            "name": cmd.packet.name,
            "sha256": cmd.packet.digest,
            "size": cmd.packet.size,
            "key_id": "cd" * 32,
        },
        "exhibits": [
            {"number": 1, "path": "exhibits/01-carrier-chat.png", "kind": "carrier_chat"}
        ],
    } == body["data"]


@pytest.mark.parametrize("oddity", [Oddity.DROPS, Oddity.GARBAGE, Oddity.SILENT])
async def test_an_appeal_that_went_in_without_an_answer_is_found_and_not_sent_again(
    house: AppealHouse, receiver: Receiver, oddity: Oddity
) -> None:
    desk, cmd = activities(house, receiver), ask(house)
    receiver.next("POST", oddity)

    error = await failure(desk.file_by_gateway, cmd)
    filed = await run(desk.file_by_gateway, cmd, attempt=2)

    assert ("ShopUnavailableError", False) == (error.type, error.non_retryable)
    assert ("AP-1", True) == (filed.reference, filed.already)
    assert ["PUT", "POST", "GET"] == receiver.methods()
    assert 1 == receiver.filed


async def test_a_step_that_a_person_retries_is_looked_for_at_its_first_attempt(
    house: AppealHouse, receiver: Receiver
) -> None:
    desk, cmd = activities(house, receiver), ask(house)
    await run(desk.file_by_gateway, cmd)

    again = cmd.key.model_copy(update={"tried_before": True})
    filed = await run(desk.file_by_gateway, cmd.model_copy(update={"key": again}))

    assert ("AP-1", True) == (filed.reference, filed.already)
    assert 1 == receiver.filed


async def test_what_did_not_go_in_is_sent_after_the_look(
    house: AppealHouse, receiver: Receiver
) -> None:
    desk, cmd = activities(house, receiver), ask(house)
    receiver.next("PUT", Oddity.DROPS)

    await failure(desk.file_by_gateway, cmd)
    filed = await run(desk.file_by_gateway, cmd, attempt=2)

    assert not filed.already
    assert ["PUT", "GET", "PUT", "POST"] == receiver.methods()


async def test_nothing_is_sent_while_the_look_says_nothing(
    house: AppealHouse, receiver: Receiver
) -> None:
    """A filing that may be there is not risked."""
    desk, cmd = activities(house, receiver), ask(house)
    receiver.next("GET", Oddity.GARBAGE, (503, {}, {}), (200, {}, {"reference": ""}))

    for _ in range(3):
        error = await failure(desk.file_by_gateway, cmd, attempt=2)
        assert not error.non_retryable

    assert ["GET"] * 3 == receiver.methods()


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_an_endpoint_that_cannot_now_is_asked_again_when_it_wants(
    house: AppealHouse, receiver: Receiver, status: int
) -> None:
    receiver.next("POST", (status, {"retry-after": "70"}, {"error": "busy\n now"}))

    error = await failure(activities(house, receiver).file_by_gateway, ask(house))

    assert not error.non_retryable
    assert timedelta(seconds=70) == error.next_retry_delay
    assert "busy now" in str(error)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "refuses the filing: no such shop"),
        (401, "did not accept our signature; compare WENHUO_GATEWAY_SECRET on both sides"),
        (403, "did not accept our signature"),
        (404, "refuses the filing"),
        (410, "says that the ticket can be appealed no more: no such shop"),
        (422, "refuses the filing"),
        (301, "sends us elsewhere; set the final address in WENHUO_GATEWAY_URL"),
        (307, "sends us elsewhere"),
    ],
)
async def test_an_endpoint_that_refuses_needs_a_person_and_says_why(
    house: AppealHouse, receiver: Receiver, status: int, said: str
) -> None:
    elsewhere = {"location": f"{receiver.url}/other"}
    receiver.next("POST", (status, elsewhere, {"error": "no such shop"}))

    error = await failure(activities(house, receiver).file_by_gateway, ask(house))

    assert ("NeedsPersonError", True) == (error.type, error.non_retryable)
    assert f"the filing gateway: {said}" in str(error)
    assert f"HTTP status {status}" in str(error)
    assert ["PUT", "POST"] == receiver.methods(), "no redirect is followed"


async def test_a_conflict_is_looked_at_and_may_be_ours(
    house: AppealHouse, receiver: Receiver
) -> None:
    desk, cmd = activities(house, receiver), ask(house)
    receiver.filings[FILING] = {"reference": "AP-9"}
    receiver.next("POST", (409, {}, {"error": "there is one"}))

    filed = await run(desk.file_by_gateway, cmd)

    assert ("AP-9", after(63), True) == (filed.reference, filed.filed_at, filed.already)


async def test_a_conflict_with_a_filing_of_somebody_else_needs_a_person(
    house: AppealHouse, receiver: Receiver
) -> None:
    receiver.next("POST", (409, {}, {"error": "filed by hand as AP-3"}))

    error = await failure(activities(house, receiver).file_by_gateway, ask(house))

    assert error.non_retryable
    assert "the ticket has another filing: filed by hand as AP-3" in str(error)


async def test_a_receiver_with_another_secret_refuses_every_signature(
    house: AppealHouse,
) -> None:
    async with a_receiver(secret="whsec_" + "QUJD" * 8) as stranger:
        desk = activities(house, stranger)
        filing = await failure(desk.file_by_gateway, ask(house))
        look = await failure(desk.look_at_filing, LookAtFiling(key=step("gateway:1")))

    assert "did not accept our signature; compare" in str(filing)
    assert "No matching signature found" in str(look)
    assert ({}, {}) == (stranger.packets, stranger.filings)


async def test_a_filing_that_waits_there_is_looked_at_until_it_is_in(
    house: AppealHouse,
) -> None:
    async with a_receiver(waits=True) as slow:
        desk, cmd = activities(house, slow), ask(house)
        look = LookAtFiling(key=cmd.key)
        assert not (await run(desk.look_at_filing, look)).pending

        first = await failure(desk.file_by_gateway, cmd)
        second = await failure(desk.file_by_gateway, cmd, attempt=2)
        waiting = await run(desk.look_at_filing, look)
        slow.filings[FILING] = {"reference": 77, "filed_at": "yesterday", "status": "filed"}
        filed = await run(desk.file_by_gateway, cmd, attempt=3)
        there = await run(desk.look_at_filing, look)

    assert ["FilingPendingError"] * 2 == [first.type, second.type]
    assert timedelta(minutes=1) == first.next_retry_delay
    assert (None, True) == (waiting.filed, waiting.pending)
    assert ("77", after(63)) == (filed.reference, filed.filed_at)
    assert there.filed is not None
    assert ("77", True) == (there.filed.reference, there.filed.already)


async def test_an_endpoint_that_nobody_runs_is_tried_again(house: AppealHouse) -> None:
    async with a_receiver() as gone:
        desk = activities(house, gone)

    error = await failure(desk.file_by_gateway, ask(house))

    assert not error.non_retryable
    assert "the filing gateway: did not answer (ConnectError)" in str(error)


async def test_a_tampered_packet_is_not_handed_over(
    house: AppealHouse, receiver: Receiver
) -> None:
    cmd = ask(house, size=70)
    (blob,) = [path for path in blob_files(house.folder) if path.name == cmd.packet.digest]
    blob.chmod(0o600)
    blob.write_bytes(b"another" + a_zip(70)[7:])

    error = await failure(activities(house, receiver).file_by_gateway, cmd)

    assert error.non_retryable
    assert f"{cmd.packet.evidence_id} cannot be used" in str(error)
    assert [] == receiver.calls


async def test_an_answer_without_end_is_not_read_to_its_end(
    house: AppealHouse, receiver: Receiver
) -> None:
    receiver.next("POST", (200, {}, "x" * 10_000_000))

    error = await failure(activities(house, receiver).file_by_gateway, ask(house))

    assert "answered what is no filing" in str(error)


async def test_without_an_endpoint_a_person_is_told_what_to_set(house: AppealHouse) -> None:
    desk = GatewayActivities(house.vault, None)

    error = await failure(desk.file_by_gateway, ask(house))

    assert error.non_retryable
    assert "set WENHUO_GATEWAY_URL and WENHUO_GATEWAY_SECRET, or file by hand" in str(error)


async def test_the_key_of_a_filing_is_ascii_whatever_the_ticket_is_called(
    house: AppealHouse, receiver: Receiver
) -> None:
    odd = of_ticket("ตั๋ว 7/1\n")
    assert filing_id_of(odd).isascii()

    filed = await run(activities(house, receiver).file_by_gateway, ask(house, key=odd))
    there = await run(activities(house, receiver).look_at_filing, LookAtFiling(key=odd))

    assert there.filed is not None
    assert filed.reference == there.filed.reference
    assert [filing_id_of(odd)] == list(receiver.filings)


def of_ticket(ticket: str) -> Any:
    return step("gateway:1").model_copy(update={"case_id": f"appeal:{SHOP}:{ticket}"})


# Settings


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [
        (None, SECRET, "WENHUO_GATEWAY_URL: is not set, and WENHUO_GATEWAY_SECRET is"),
        ("https://a.example", None, "WENHUO_GATEWAY_SECRET: is not set, and WENHUO_GATEWAY_URL"),
        ("http://a.example/x", SECRET, "WENHUO_GATEWAY_URL: http://a.example is not encrypted"),
        ("https://a.example", "whsec_too-short", "is no Standard Webhooks secret"),
        ("https://a.example", "whsec_QUJDRA==", "at least 24 random bytes"),
    ],
)
def test_half_a_gateway_is_refused_in_words_that_hold_no_secret(
    url: str | None, secret: str | None, said: str
) -> None:
    with pytest.raises(InputError) as refusal:
        FilingGateway.open(url, secret, timeout_seconds=1)

    assert said in str(refusal.value)
    assert not secret or secret.removeprefix("whsec_") not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/file", "http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]/"],
)
def test_a_gateway_is_encrypted_or_on_this_machine(url: str) -> None:
    assert FilingGateway.open(url, SECRET, timeout_seconds=1)


def test_no_settings_are_no_gateway() -> None:
    assert FilingGateway.open(None, None, timeout_seconds=1) is None


async def test_no_log_and_no_error_holds_the_secret(
    house: AppealHouse, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.next("POST", Oddity.DROPS)

    error: ApplicationError = await failure(
        activities(house, receiver).file_by_gateway, ask(house)
    )

    told = f"{caplog.text} {error!r} {error.__cause__!r}"
    assert SECRET.removeprefix("whsec_") not in told
