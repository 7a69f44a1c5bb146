"""The real console process: pages that show cases, and where it refuses to be opened."""

import asyncio
import html
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from casedesk.settings import ROOT
from records.stock_alerts import StockAlert, StockAlerts
from sandbox.shops import US_SHOP_ID
from tests.support.console import console_environment, running_console
from tests.support.stack import Opened, Stack

HOSTILE = "<script>document.title='taken'</script> {{ 6*7 }} \"quoted\" ${alert(1)}"


@pytest.fixture(scope="module")
async def pages(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser's view of a running console."""
    folder = tmp_path_factory.mktemp("console")
    async with running_console(stack, folder) as console:
        assert {"webhooks": console.url, "console": console.url} == console.ready
        async with httpx.AsyncClient(base_url=console.url, trust_env=False, timeout=30) as http:
            yield http


@pytest.fixture(scope="module")
async def asked(stack: Stack) -> Opened:
    """A case that has asked its buyer, and heard something odd."""
    restock = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    case = await stack.asked(restock_at=restock)
    await case.signal("buyer_chose", {"choice": HOSTILE})
    await case.until(lambda view: view.needs_human is not None)
    return case


async def test_the_queue_lists_open_cases_by_their_last_digits(
    pages: httpx.AsyncClient, asked: Opened
) -> None:
    async with asyncio.timeout(20):
        # The list of the server, another process, trails the case: there is nothing to await.
        while f"…{asked.order_id[-6:]}" not in (page := (await pages.get("/")).text):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert "Needs a person" in page


async def test_the_page_of_a_case_tells_what_goes_on_and_what_to_do(
    pages: httpx.AsyncClient, asked: Opened
) -> None:
    page = html.unescape((await pages.get(f"/cases/{asked.handle.id}")).text)
    for words in (
        asked.order_id,
        "Awaiting choice",
        "record what they want",
        "A Wait",
        "C Refund",
        "shipping_due_time as the order shows it",
        "Buyer contacted",
        "Withdraw",
    ):
        assert words in page


async def test_a_buyers_words_are_shown_as_words(pages: httpx.AsyncClient, asked: Opened) -> None:
    """Rule: buyers' texts are hostile input; nothing of them is ever markup."""
    page = (await pages.get(f"/cases/{asked.handle.id}")).text
    assert "<script>document.title" not in page
    assert "document.title='taken'" in html.unescape(page).replace("\\u0027", "'")


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({"lang": "zh"}, {}),
        ({}, {"Accept-Language": "zh-CN,zh;q=0.9"}),
        ({}, {"Cookie": "wenhuo_lang=zh"}),
    ],
)
async def test_the_pages_speak_chinese_to_those_who_read_it(
    query: dict[str, str], headers: dict[str, str], pages: httpx.AsyncClient, asked: Opened
) -> None:
    answer = await pages.get(f"/cases/{asked.handle.id}", params=query, headers=headers)
    page = html.unescape(answer.text)
    for words in ("等待买家选择", "下一步", "期限", "时间线", "买家的回复无法识别"):
        assert words in page


async def test_a_case_that_is_not_there_is_said_so(pages: httpx.AsyncClient) -> None:
    page = html.unescape((await pages.get("/cases/order-case:1:404404")).text)
    assert "there is no case order-case:1:404404" in page


async def test_a_decision_through_the_api_reaches_the_case(
    pages: httpx.AsyncClient, asked: Opened
) -> None:
    note = {"actor": "amy", "text": "called the buyer", "request_id": "note-1"}
    for _ in range(2):
        answer = await pages.post(f"/api/cases/{asked.order_id}/note", json=note)
        assert (200, asked.handle.id) == (answer.status_code, answer.json()["case_id"])
    notes = [event for event in await asked.timeline() if event.key == "case.noted"]
    assert [("amy", "called the buyer")] == [(event.actor, event.detail) for event in notes]


async def test_an_incident_is_opened_from_a_stock_alert_once(
    pages: httpx.AsyncClient, stack: Stack
) -> None:
    sku = "1729500000000009901"
    alert = StockAlert(
        shop_id=US_SHOP_ID,
        sku_id=sku,
        level="OUT_OF_STOCK",
        available=0,
        committed=7,
        changed_at=datetime.now(UTC),
    )
    StockAlerts(stack.db).note(alert, stands=True)
    assert f"SKU {sku}" in (await pages.get("/")).text
    counted = {"actor": "amy", "on_hand": 2, "supplier": "Acme"}
    path = f"/api/stock-alerts/{US_SHOP_ID}/{sku}/open"
    opened = await pages.post(path, json=counted)
    assert 201 == opened.status_code
    view = (await pages.get(f"/api/cases/{opened.json()['case_id']}")).json()
    assert ("incident", sku, 2, "Acme") == (
        view["kind"],
        view["incident"]["sku_id"],
        view["incident"]["on_hand"],
        view["incident"]["supplier"],
    )
    async with asyncio.timeout(20):
        # The incident claims its SKU in its own time: there is nothing to await.
        while (listed := (await pages.get("/api/stock-alerts")).json()) != []:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert [] == listed
    again = (await pages.post(path, json=counted)).json()
    # Within the same second it is the same opening; later the first one is named.
    assert again == opened.json() or f"{opened.json()['case_id']} is open" in again["error"]
    withdrawn = {"actor": "amy", "reason": "a test"}
    await pages.post(f"/api/cases/{opened.json()['case_id']}/withdraw", json=withdrawn)


async def test_stock_alerts_of_unknown_shops_and_skus_are_not_found(
    pages: httpx.AsyncClient,
) -> None:
    counted = {"actor": "amy", "on_hand": 2}
    for path, words in (
        ("/api/stock-alerts/404/1/open", "there is no shop 404"),
        (f"/api/stock-alerts/{US_SHOP_ID}/404/settle", "there is no stock alert of SKU 404"),
    ):
        answer = await pages.post(path, json=counted)
        assert 404 == answer.status_code
        assert words in answer.json()["error"]


async def test_pages_are_for_this_machine_alone(pages: httpx.AsyncClient) -> None:
    for path in ("/", "/api/cases"):
        assert 403 == (await pages.get(path, headers={"Host": "evil.example"})).status_code


async def _run(environment: dict[str, str], *options: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "console", "--port", "0", *options),
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, told.decode()


async def test_pages_open_to_everybody_need_a_token(stack: Stack) -> None:
    status, told = await _run(console_environment(stack), "--host", "0.0.0.0")  # noqa: S104 (refused)
    assert 2 == status
    assert "set WENHUO_CONSOLE_TOKEN" in told


async def test_without_a_server_the_console_says_what_to_do(stack: Stack) -> None:
    environment = console_environment(stack) | {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
    status, told = await _run(environment, "--no-console")
    assert 1 == status
    assert "no Temporal server answers at 127.0.0.1:1; start one" in told


async def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WENHUO_HOME": str(tmp_path)}
    status, told = await _run(environment | {"WENHUO_WEBHOOK_PATH": "no-slash"})
    assert 2 == status
    assert "WENHUO_WEBHOOK_PATH" in told


async def test_a_receiver_beyond_this_machine_shows_no_cases(stack: Stack, tmp_path: Path) -> None:
    """Rule: without a token only notifications and health are served to strangers."""
    options = ("--no-console", "--host", "0.0.0.0")  # noqa: S104 (what the rule is about)
    async with running_console(stack, tmp_path, *options) as console:
        port = console.url.rpartition(":")[2]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            assert 200 == (await http.get("/healthz")).status_code
            assert 401 == (await http.post("/webhooks/tiktok")).status_code
            assert 404 == (await http.get("/api/cases")).status_code
