"""The receiver: who is told what, and that nothing is confirmed before it was handed on."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from typing_extensions import override

from casedesk.facts import Delivery
from console.receiver import App, Receiver
from console.web import LARGEST_BODY, create_app
from records.conversations import ConversationIndex
from records.database import Database
from records.errors import NotOnFileError, StoreUnavailableError
from records.receipts import ReceiptState, WebhookReceipts
from records.shops import ShopDirectory, ShopRecord
from records.stock_alerts import StockAlerts
from sandbox.signing import webhook_sign
from tests.support.notifications import (
    APP_KEY,
    APP_SECRET,
    BUYERS_WORDS,
    CONVERSATION,
    NOW,
    ORDER,
    OTHER_SHOP,
    SHOP,
    FakeDoor,
    envelope,
    message,
    order_status,
    post,
    signed,
)

pytest_plugins = ["tests.support.record_stores"]

CASE = f"order-case:{SHOP}:{ORDER}"
NOTIFICATION = "7327112393057371910"
US_SHOP = ShopRecord(
    shop_id=SHOP, name="S", region="US", cipher="c", contact_mode="chat", checked_at=NOW
)


@pytest.fixture
def db(records_db: Database) -> Database:
    """Records that know one shop."""
    ShopDirectory(records_db).put(US_SHOP)
    return records_db


@pytest.fixture
def door() -> FakeDoor:
    return FakeDoor()


def _receiver(door: FakeDoor, db: Database, **changes: Any) -> Receiver:
    app = App(APP_KEY, SecretStr(APP_SECRET))
    given: dict[str, Any] = {"app": app, "door": door, "db": db, "clock": lambda: NOW}
    return Receiver(**(given | changes))


def _client(receiver: Receiver, door: FakeDoor, db: Database) -> httpx.AsyncClient:
    app = create_app(receiver, check=door.check, db=db, path="/webhooks/tiktok")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://receiver")


@pytest.fixture
async def http(door: FakeDoor, db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(_receiver(door, db), door, db) as client:
        yield client


def _receipt(db: Database, key: str = NOTIFICATION) -> ReceiptState:
    """Return how far a notification has come; asking marks an unknown one as begun."""
    return WebhookReceipts(db).begin(key, received_at=NOW, shop_id=SHOP, kind="1")


def _index(db: Database, order_id: str, *, shop_id: str = SHOP, asked: int | None = None) -> str:
    case_id = f"order-case:{shop_id}:{order_id}"
    index = ConversationIndex(db)
    index.index(
        CONVERSATION,
        shop_id=shop_id,
        case_id=case_id,
        order_id=order_id,
        buyer_user_id="u",
        at=NOW,
    )
    if asked is not None:
        assert index.asked(CONVERSATION, case_id, asked, at=NOW)
    return case_id


# Who may speak to us


async def test_a_wrong_signature_is_refused_before_anything_is_read(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    body = json.dumps(envelope(1, order_status())).encode()
    answer = await http.post(
        "/webhooks/tiktok", content=body, headers=signed(body + b" ") | {"x": "y"}
    )
    assert 401 == answer.status_code
    assert [] == door.heard
    assert ReceiptState.NEW is _receipt(db)


async def test_an_unsigned_notification_is_refused(http: httpx.AsyncClient) -> None:
    assert 401 == (await http.post("/webhooks/tiktok", content=b"{}")).status_code


async def test_the_signature_is_of_the_bytes_not_of_their_meaning(
    http: httpx.AsyncClient,
) -> None:
    """Rule: a body that reads the same but is written differently is not authentic."""
    given = envelope(1, order_status())
    sent, claimed = json.dumps(given, indent=1).encode(), json.dumps(given).encode()
    answer = await http.post("/webhooks/tiktok", content=sent, headers=signed(claimed))
    assert 401 == answer.status_code


async def test_blanks_around_the_signed_bytes_belong_to_them(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    body = json.dumps(envelope(1, order_status())).encode() + b" \n"
    answer = await http.post("/webhooks/tiktok", content=body, headers=signed(body))
    assert 200 == answer.status_code
    assert 1 == len(door.heard)


async def test_without_a_secret_of_ours_nobody_is_believed(door: FakeDoor, db: Database) -> None:
    """Rule: an empty secret is one that anybody can sign with."""
    receiver = _receiver(door, db, app=App("", SecretStr("")))
    body = json.dumps(envelope(1, order_status())).encode()
    forged = webhook_sign(app_key="", secret="", raw_body=body)
    async with _client(receiver, door, db) as http:
        answer = await http.post(
            "/webhooks/tiktok", content=body, headers={"Authorization": forged}
        )
    assert 401 == answer.status_code
    assert [] == door.heard


async def test_a_body_beyond_any_notification_is_refused_unread(
    http: httpx.AsyncClient,
) -> None:
    body = b" " * (LARGEST_BODY + 1)
    assert 413 == (await http.post("/webhooks/tiktok", content=body)).status_code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"type": 1}',
        json.dumps(envelope(1, {})).encode(),
        json.dumps(envelope(14, {"conversation_id": "c"})).encode(),
        json.dumps(envelope(4, {"package_list": "x", "update_time": 1})).encode(),
        json.dumps(envelope(1, order_status(), timestamp=0)).encode(),
    ],
)
async def test_what_cannot_be_read_is_malformed(
    body: bytes, http: httpx.AsyncClient, door: FakeDoor
) -> None:
    answer = await http.post("/webhooks/tiktok", content=body, headers=signed(body))
    assert (400, b"") == (answer.status_code, answer.content)
    assert [] == door.heard


# Age


@pytest.mark.parametrize(
    ("sent_at", "status"),
    [
        (NOW - timedelta(hours=48, seconds=1), 400),
        (NOW - timedelta(hours=48), 200),
        (NOW - timedelta(hours=15, minutes=30), 200),
        (NOW + timedelta(days=9), 200),
    ],
)
async def test_only_old_notifications_are_refused(
    sent_at: datetime, status: int, http: httpx.AsyncClient, door: FakeDoor
) -> None:
    """Rule: older than 48 h is a replay; the platform's clock may be ahead of ours."""
    given = envelope(1, order_status(), timestamp=int(sent_at.timestamp()))
    assert status == (await post(http, given)).status_code
    assert (status == 200) == bool(door.heard)


# Whom it concerns


async def test_an_order_status_reaches_the_case_of_the_order(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    answer = await post(http, envelope(1, order_status(status="CANCEL")))
    assert (200, b"") == (answer.status_code, answer.content)
    payload = {"order_id": ORDER, "status": "CANCELLED", "changed_at": "2026-11-22T11:59:55Z"}
    assert [(CASE, "order_changed", payload)] == door.heard
    assert ReceiptState.DONE is _receipt(db)


async def test_a_cancellation_is_news_of_its_order(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    """Rule: each change of a cancellation is told, though all carry the same create_time."""
    data = {"order_id": ORDER, "cancel_id": "c1", "create_time": 1_700_000_000}
    for number, status in enumerate(("REQUEST_PENDING", "REQUEST_COMPLETE")):
        given = data | {"cancel_status": f"CANCELLATION_{status}"}
        sent = envelope(
            11, given, tts_notification_id=f"n{number}", timestamp=int(NOW.timestamp()) + number
        )
        assert 200 == (await post(http, sent)).status_code
    first, second = (payload for _, _, payload in door.heard)
    assert {"order_changed"} == {name for _, name, _ in door.heard}
    assert "CANCELLATION_REQUEST_PENDING" == first["status"]
    assert "2026-11-22T12:00:00+00:00" == first["changed_at"]
    assert "2026-11-22T12:00:01+00:00" == second["changed_at"]


async def test_a_package_update_reaches_its_late_pickup_and_the_case_of_every_order_in_it(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    packages = [
        {"package_id": "p1", "order_id_list": ["o1", "o2"]},
        {"package_id": "p2", "order_id_list": ["o3"]},
    ]
    data = {"sc_type": "SPLIT", "package_list": packages, "update_time": int(NOW.timestamp())}
    assert 200 == (await post(http, envelope(4, data))).status_code
    heard = [(case, name, p["package_id"], p["order_ids"]) for case, name, p in door.heard]
    assert [
        (f"pickup-case:{SHOP}:p1", "package_changed", "p1", ["o1", "o2"]),
        (f"order-case:{SHOP}:o1", "package_changed", "p1", ["o1", "o2"]),
        (f"order-case:{SHOP}:o2", "package_changed", "p1", ["o1", "o2"]),
        (f"pickup-case:{SHOP}:p2", "package_changed", "p2", ["o3"]),
        (f"order-case:{SHOP}:o3", "package_changed", "p2", ["o3"]),
    ] == heard
    assert {"SPLIT"} == {payload["status"] for _, _, payload in door.heard}


@pytest.mark.parametrize(
    ("status", "heard"),
    [("AWAITING_SHIPMENT", False), ("IN_TRANSIT", True), ("DELIVERED", True), ("CANCEL", True)],
)
async def test_a_parcel_that_moves_is_news_for_its_late_pickup(
    status: str, *, heard: bool, http: httpx.AsyncClient, door: FakeDoor
) -> None:
    """Rule: a scan shows as a state of the order; orders that only come in ask for no pickup."""
    pickup = f"pickup-case:{SHOP}:p1"
    door.pickups = {ORDER: [pickup]}
    assert 200 == (await post(http, envelope(1, order_status(status=status)))).status_code
    told = [case for case, name, _ in door.heard if name == "order_changed"]
    assert [CASE, *([pickup] if heard else [])] == told


async def test_an_order_without_a_case_is_confirmed_all_the_same(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    """Rule: most orders have no case; the platform must not try those again."""
    door.closed.add(CASE)
    assert 200 == (await post(http, envelope(1, order_status()))).status_code
    assert ReceiptState.DONE is _receipt(db)


async def test_a_buyers_text_reaches_every_open_case_of_the_conversation(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    first, second = _index(db, "111111", asked=3), _index(db, "222222", asked=8)
    assert 200 == (await post(http, envelope(14, message(index=9)))).status_code
    payload = {
        "message_id": "m-1",
        "text": BUYERS_WORDS,
        "sent_at": "2026-11-22T11:59:57+00:00",
        "conversation_id": CONVERSATION,
        "index": 9,
    }
    assert [(first, "buyer_wrote", payload), (second, "buyer_wrote", payload)] == door.heard


@pytest.mark.parametrize(
    ("index", "told"), [(7, False), (8, False), (9, True)], ids=["before", "the ask", "after"]
)
async def test_only_words_after_an_open_ask_answer_it(
    index: int, *, told: bool, http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    _index(db, "111111", asked=8)
    assert 200 == (await post(http, envelope(14, message(index=index)))).status_code
    assert told == bool(door.heard)


async def test_once_the_ask_is_settled_every_word_is_told(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    case_id = _index(db, "111111", asked=8)
    ConversationIndex(db).settled(case_id)
    assert 200 == (await post(http, envelope(14, message(index=2)))).status_code
    assert [case_id] == [case for case, _, _ in door.heard]


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": {"role": "SHOP"}},
        {"sender": {"role": "CUSTOMER_SERVICE"}},
        {"sender": {"role": "ROBOT"}},
        {"sender": {}},
        {"is_visible": False},
        {"type": "IMAGE", "content": "{}"},
        {"type": "ORDER_CARD", "content": '{"order_id": "1"}'},
    ],
)
async def test_only_a_buyers_visible_text_counts(
    changes: dict[str, Any], http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    """Rule: webhooks deliver our own words too, and those contain "A", "B", "C"."""
    _index(db, "111111")
    assert 200 == (await post(http, envelope(14, message(**changes)))).status_code
    assert [] == door.heard


async def test_a_conversation_of_nobody_is_confirmed(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    assert 200 == (await post(http, envelope(14, message()))).status_code
    assert [] == door.heard


async def test_a_case_of_another_shop_never_hears_the_buyer(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    _index(db, "111111", shop_id=OTHER_SHOP)
    assert 200 == (await post(http, envelope(14, message()))).status_code
    assert [] == door.heard


OUT, LOW, PLENTY = "OUT_OF_STOCK", "LOW_STOCK", "SUFFICIENT_STOCK"


def _stock(level: str, counts: tuple[int, int] | None = None, *, ago: int = 5) -> dict[str, Any]:
    """Return the data of topic 27; the counts are what is available and what is committed."""
    names = ("available_quantity", "committed_quantity")
    return {
        "product_id": 1729384750000000001,
        "sku_id": "1729",
        "current_inventory_status": level,
        "inventory_distribution": dict(zip(names, counts, strict=True)) if counts else {},
        "update_time": int(NOW.timestamp()) - ago,
    }


@pytest.mark.parametrize(
    ("level", "counts", "stands"),
    [
        (OUT, (0, 7), True),
        (OUT, None, True),
        (OUT, (0, 0), False),
        (LOW, (3, 4), True),
        (LOW, (4, 4), False),
        (LOW, None, False),
        (PLENTY, (50, 60), False),
    ],
)
async def test_stock_that_does_not_cover_open_orders_is_put_before_people(
    level: str,
    counts: tuple[int, int] | None,
    *,
    stands: bool,
    http: httpx.AsyncClient,
    db: Database,
) -> None:
    """Rule: nobody has counted the shelf, so that nothing is opened and no count is made up."""
    with capture_logs() as logs:
        assert 200 == (await post(http, envelope(27, _stock(level, counts)))).status_code
    found = StockAlerts(db).standing()
    assert stands == ("webhook.stock_alert" in [entry["event"] for entry in logs]) == bool(found)
    assert [(SHOP, "1729", level, counts or (None, None))] * stands == [
        (one.shop_id, one.sku_id, one.level, (one.available, one.committed)) for one in found
    ]
    assert ReceiptState.DONE is _receipt(db)


async def test_a_stock_alert_ends_once_there_is_stock_and_stays_settled_when_repeated(
    http: httpx.AsyncClient, db: Database
) -> None:
    alerts = StockAlerts(db)
    for number in range(2):
        await post(http, envelope(27, _stock(OUT, ago=60), tts_notification_id=f"n{number}"))
        alerts.settle(SHOP, "1729", actor="amy")
    assert [] == alerts.standing()
    await post(http, envelope(27, _stock(LOW, (1, 2), ago=40), tts_notification_id="n2"))
    assert 1 == len(alerts.standing())
    await post(http, envelope(27, _stock(PLENTY, ago=20), tts_notification_id="n3"))
    assert [] == alerts.standing()


async def test_a_stock_level_that_nobody_knows_is_not_used(
    http: httpx.AsyncClient, db: Database
) -> None:
    assert 200 == (await post(http, envelope(27, _stock("NEARLY")))).status_code
    assert [] == StockAlerts(db).standing()


@pytest.mark.parametrize("shop_id", [OTHER_SHOP, None], ids=["unknown", "absent"])
async def test_a_shop_that_is_not_ours_is_confirmed_and_left_alone(
    shop_id: str | None, http: httpx.AsyncClient, door: FakeDoor
) -> None:
    with capture_logs() as logs:
        answer = await post(http, envelope(1, order_status(), shop_id=shop_id))
    assert 200 == answer.status_code
    assert [] == door.heard
    assert ["webhook.unknown_shop"] == [entry["event"] for entry in logs]


@pytest.mark.parametrize(
    ("kind", "event", "level"),
    [
        (6, "webhook.shop_deauthorized", "warning"),
        (7, "webhook.authorization_expires", "warning"),
        (13, "webhook.not_used", "info"),
        (33, "webhook.unknown_type", "info"),
        (987_654, "webhook.unknown_type", "info"),
        (-1, "webhook.unknown_type", "info"),
    ],
)
async def test_types_without_a_fact_are_confirmed_with_a_log_line(
    kind: int, event: str, level: str, http: httpx.AsyncClient, door: FakeDoor
) -> None:
    with capture_logs() as logs:
        answer = await post(http, envelope(kind, {"any": "thing"}))
    assert (200, b"") == (answer.status_code, answer.content)
    assert [] == door.heard
    (entry,) = logs
    assert (event, level, kind, SHOP) == (
        entry["event"],
        entry["log_level"],
        entry["type"],
        entry["shop_id"],
    )


async def test_a_package_update_without_orders_is_confirmed(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    data = {"package_list": [], "update_time": int(NOW.timestamp())}
    assert 200 == (await post(http, envelope(4, data))).status_code
    assert [] == door.heard


# Once, and never too early


async def test_a_duplicate_is_confirmed_without_being_handed_on(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    for _ in range(3):
        assert 200 == (await post(http, envelope(1, order_status()))).status_code
    assert 1 == len(door.heard)


async def test_notifications_without_an_id_are_told_apart_by_their_bytes(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    one, other = (
        envelope(1, order_status(status=status), tts_notification_id=None)
        for status in ("ON_HOLD", "IN_TRANSIT")
    )
    for given in (one, other, one):
        assert 200 == (await post(http, given)).status_code
    assert ["ON_HOLD", "IN_TRANSIT"] == [payload["status"] for _, _, payload in door.heard]


async def test_two_facts_that_differ_only_in_their_id_are_both_handed_on(
    http: httpx.AsyncClient, door: FakeDoor
) -> None:
    for number in range(2):
        await post(http, envelope(1, order_status(), tts_notification_id=f"n{number}"))
    assert 2 == len(door.heard)


async def test_unreachable_temporal_means_send_it_again(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    """Rule: 200 only after the hand-over; what was not handed over is taken again."""
    door.unreachable = True
    assert 503 == (await post(http, envelope(1, order_status()))).status_code
    assert ReceiptState.UNDONE is _receipt(db)
    door.unreachable = False
    assert 200 == (await post(http, envelope(1, order_status()))).status_code
    assert 1 == len(door.heard)
    assert ReceiptState.DONE is _receipt(db)


async def test_a_receipt_left_open_by_a_crash_is_handed_on_again(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    assert ReceiptState.NEW is _receipt(db)
    assert 200 == (await post(http, envelope(1, order_status()))).status_code
    assert 1 == len(door.heard)


async def test_the_hand_over_comes_before_the_receipt_is_done(db: Database) -> None:
    """Rule: at the moment a case is told, the receipt must still be open."""
    states: list[ReceiptState] = []

    class Watching(FakeDoor):
        @override
        async def signal_case(
            self, case_id: str, name: str, payload: Mapping[str, Any]
        ) -> Delivery:
            states.append(_receipt(db))
            return Delivery.DELIVERED

    door = Watching()
    async with _client(_receiver(door, db), door, db) as http:
        assert 200 == (await post(http, envelope(1, order_status()))).status_code
    assert [ReceiptState.UNDONE] == states


async def test_two_deliveries_at_once_are_each_confirmed_and_at_least_one_handed_on(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    answers = await asyncio.gather(*(post(http, envelope(1, order_status())) for _ in range(4)))
    assert [200] * 4 == [answer.status_code for answer in answers]
    assert door.heard
    assert ReceiptState.DONE is _receipt(db)


async def test_when_one_of_two_cases_cannot_be_told_the_notification_is_sent_again(
    db: Database,
) -> None:
    first, second = _index(db, "111111"), _index(db, "222222")

    class Halfway(FakeDoor):
        @override
        async def signal_case(
            self, case_id: str, name: str, payload: Mapping[str, Any]
        ) -> Delivery:
            self.unreachable = case_id == second and len(self.heard) < 2
            return await super().signal_case(case_id, name, payload)

    door = Halfway()
    async with _client(_receiver(door, db), door, db) as http:
        assert 503 == (await post(http, envelope(14, message()))).status_code
        assert 200 == (await post(http, envelope(14, message()))).status_code
    assert [first, first, second] == [case for case, _, _ in door.heard]


async def test_a_door_that_does_not_answer_in_time_means_send_it_again(db: Database) -> None:
    """Rule: the platform waits three seconds; a late 200 would count as a failure anyway."""

    class Stuck(FakeDoor):
        @override
        async def signal_case(
            self, case_id: str, name: str, payload: Mapping[str, Any]
        ) -> Delivery:
            await asyncio.Event().wait()
            raise AssertionError

    door = Stuck()
    async with _client(_receiver(door, db, patience=0.3), door, db) as http:
        assert 503 == (await post(http, envelope(1, order_status()))).status_code
    assert ReceiptState.UNDONE is _receipt(db)


class _BrokenStore(Database):
    """Records that cannot be reached."""

    @override
    def begin(self) -> Any:
        raise StoreUnavailableError("the records database cannot be used; retry")

    session = begin


@pytest.fixture
def broken(db: Database) -> Database:
    return _BrokenStore(db._engine)


async def test_unreachable_records_mean_send_it_again(door: FakeDoor, broken: Database) -> None:
    async with _client(_receiver(door, broken), door, broken) as http:
        assert 503 == (await post(http, envelope(1, order_status()))).status_code
    assert [] == door.heard


# Around it


async def test_a_buyers_words_never_reach_the_log(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    _index(db, "111111")
    with capture_logs() as logs:
        await post(http, envelope(14, message()))
        door.unreachable = True
        await post(http, envelope(14, message(), tts_notification_id="n2"))
        await post(http, envelope(14, message(create_time="x"), tts_notification_id="n3"))
    assert ["webhook.handed_on", "webhook.not_handed_on", "webhook.malformed"] == [
        entry["event"] for entry in logs
    ]
    assert not any(word in repr(logs) for word in ("Mina", "08123456789", "please"))


@pytest.mark.parametrize("path", ["/webhooks/tiktok", "/"])
async def test_notifications_are_taken_at_the_configured_path_and_at_the_bare_address(
    path: str, http: httpx.AsyncClient, door: FakeDoor
) -> None:
    assert 200 == (await post(http, envelope(1, order_status()), path)).status_code
    assert 1 == len(door.heard)


async def test_health_names_what_is_not_there(
    http: httpx.AsyncClient, door: FakeDoor, broken: Database
) -> None:
    healthy = await http.get("/healthz")
    assert (200, {"temporal": "ok", "records": "ok"}) == (healthy.status_code, healthy.json())
    door.unreachable = True
    async with _client(_receiver(door, broken), door, broken) as other:
        ill = await other.get("/healthz")
    gone = {"temporal": "unreachable", "records": "unreachable"}
    assert (503, gone) == (ill.status_code, ill.json())


async def test_receipts_are_dropped_once_a_repeat_would_be_refused_anyway(
    door: FakeDoor, db: Database
) -> None:
    receipts = WebhookReceipts(db)
    for key, age in (("old", timedelta(days=8)), ("recent", timedelta(hours=49))):
        receipts.begin(key, received_at=NOW - age, shop_id=SHOP, kind="1")
    assert 1 == await _receiver(door, db).prune()
    with pytest.raises(NotOnFileError):
        receipts.done("old", at=NOW)
    receipts.done("recent", at=NOW)


async def test_a_shop_connected_later_is_known_at_once(
    http: httpx.AsyncClient, door: FakeDoor, db: Database
) -> None:
    """Rule: the receiver holds no copy of what the records know."""
    given = envelope(1, order_status(), shop_id=OTHER_SHOP)
    assert 200 == (await post(http, given)).status_code
    ShopDirectory(db).put(replace(US_SHOP, shop_id=OTHER_SHOP))
    assert 200 == (await post(http, given)).status_code
    assert [f"order-case:{OTHER_SHOP}:{ORDER}"] == [case for case, _, _ in door.heard]
