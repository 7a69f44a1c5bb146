"""Ads are read, paused and resumed, never deleted, and a failure says what to do about it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog
from pydantic import SecretStr

from tests.support.shop_gateway import ok, refused
from tiktok_shop import errors as e
from tiktok_shop.marketing import AdLevel, AdOperation, AdState, MarketingClient
from tiktok_shop.marketing_codes import MARKETING_CODES, ad_reaction

TOKEN = "ads-token-1"
ADVERTISER = "7400000000000000001"
CAMPAIGN, AD_GROUP = AdLevel.CAMPAIGN, AdLevel.AD_GROUP


class Ads:
    """Answers in the order told and keeps what was asked."""

    def __init__(self, *replies: httpx.Response | Exception) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []
        self.client = MarketingClient(
            access_token=SecretStr(TOKEN),
            base_url="https://ads.invalid/",
            transport=httpx.MockTransport(self._answer),
            clock=lambda: datetime(2026, 11, 20, 8, tzinfo=UTC),
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def states(self, *ids: str, level: AdLevel = CAMPAIGN) -> dict[str, AdState]:
        """Read."""
        return await self.client.ad_states(advertiser_id=ADVERTISER, level=level, ids=ids)

    async def pause(self, *ids: str, level: AdLevel = CAMPAIGN) -> None:
        """Pause."""
        operation = AdOperation.DISABLE
        await self.client.set_ad_states(
            advertiser_id=ADVERTISER, level=level, ids=ids, operation=operation
        )


def _listed(*rows: dict[str, Any], pages: int = 1) -> httpx.Response:
    return ok({"list": list(rows), "page_info": {"page": 1, "total_page": pages}})


def _row(number: int, status: str = "ENABLE") -> dict[str, Any]:
    return {"campaign_id": number, "adgroup_id": f"9{number}", "operation_status": status}


async def test_states_are_read_by_id_and_unknown_ids_are_absent() -> None:
    ads = Ads(_listed(_row(1), _row(2, "DISABLE"), _row(3, "FROZEN")))
    assert await ads.states("3", "2", "1", "4") == {
        "3": AdState.UNKNOWN,
        "2": AdState.DISABLE,
        "1": AdState.ENABLE,
    }
    (asked,) = ads.asked
    assert (asked.method, asked.url.path) == ("GET", "/open_api/v1.3/campaign/get/")
    assert asked.headers["access-token"] == TOKEN
    assert asked.url.params["advertiser_id"] == ADVERTISER
    assert json.loads(asked.url.params["filtering"]) == {"campaign_ids": ["3", "2", "1", "4"]}


async def test_ad_groups_are_read_by_their_own_ids() -> None:
    ads = Ads(_listed(_row(1)))
    assert await ads.states("91", level=AD_GROUP) == {"91": AdState.ENABLE}
    assert ads.asked[0].url.path == "/open_api/v1.3/adgroup/get/"
    assert json.loads(ads.asked[0].url.params["filtering"]) == {"adgroup_ids": ["91"]}


@pytest.mark.parametrize(
    ("level", "ad_id", "path"),
    [
        (AdLevel.SMART_CAMPAIGN, "1", "/open_api/v1.3/campaign/get/"),
        (AdLevel.SMART_AD_GROUP, "91", "/open_api/v1.3/adgroup/get/"),
    ],
)
async def test_smart_plus_ads_are_read_like_the_others(
    level: AdLevel, ad_id: str, path: str
) -> None:
    ads = Ads(_listed(_row(1)))
    assert await ads.states(ad_id, level=level) == {ad_id: AdState.ENABLE}
    assert ads.asked[0].url.path == path


async def test_all_pages_are_read() -> None:
    ads = Ads(_listed(_row(1), pages=2), _listed(_row(2), pages=2))
    assert set(await ads.states("1", "2")) == {"1", "2"}
    assert [asked.url.params["page"] for asked in ads.asked] == ["1", "2"]


async def test_many_ids_are_read_in_hundreds_and_written_in_twenties() -> None:
    ads = Ads(_listed())
    ids = [str(number) for number in range(1, 106)]
    await ads.states(*ids, "1")
    await ads.pause(*ids[:41])
    read = [len(json.loads(a.url.params["filtering"])["campaign_ids"]) for a in ads.asked[:2]]
    written = [len(json.loads(a.content)["campaign_ids"]) for a in ads.asked[2:]]
    assert (read, written) == ([100, 5], [20, 20, 1])


@pytest.mark.parametrize(
    ("level", "path", "more"),
    [
        (CAMPAIGN, "/open_api/v1.3/campaign/status/update/", {"campaign_ids": ["1"]}),
        (
            AD_GROUP,
            "/open_api/v1.3/adgroup/status/update/",
            {"adgroup_ids": ["1"], "allow_partial_success": True},
        ),
        (
            AdLevel.SMART_CAMPAIGN,
            "/open_api/v1.3/smart_plus/campaign/status/update/",
            {"campaign_ids": ["1"]},
        ),
        (
            AdLevel.SMART_AD_GROUP,
            "/open_api/v1.3/smart_plus/adgroup/status/update/",
            {"adgroup_ids": ["1"]},
        ),
    ],
)
async def test_a_pause_goes_where_the_documents_say(
    level: AdLevel, path: str, more: dict[str, Any]
) -> None:
    ads = Ads(ok({f"{level.id_field}s": ["1"], "status": "DISABLE"}))
    await ads.pause("1", level=level)
    (asked,) = ads.asked
    assert (asked.method, asked.url.raw_path.decode()) == ("POST", path), "the slash is needed"
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.content) == {
        "advertiser_id": ADVERTISER,
        "operation_status": "DISABLE",
        **more,
    }


def test_nothing_can_be_deleted_with_this_client() -> None:
    assert {"ENABLE", "DISABLE"} == {operation.value for operation in AdOperation}
    assert AdState.DISABLE is AdOperation.DISABLE.leads_to


async def test_ads_left_as_they_are_are_named() -> None:
    failure = {"adgroup_id": 7, "error_message": "deleted"}
    ads = Ads(ok({"adgroup_ids": ["6"], "status": "DISABLE", "error_list": [failure]}))
    with pytest.raises(e.PartialFailureError, match="7 deleted") as caught:
        await ads.pause("6", "7", level=AD_GROUP)
    assert [left.item_id for left in caught.value.failures] == ["7"]


async def test_a_partial_success_by_code_is_a_partial_failure_without_names() -> None:
    ads = Ads(refused(20001, "partial"))
    with pytest.raises(e.PartialFailureError) as caught:
        await ads.pause("6")
    assert (caught.value.code, caught.value.failures) == (20001, ())


@pytest.mark.parametrize("ids", [(), ("1,2",), ("x y",)])
async def test_what_is_no_id_is_not_sent(ids: tuple[str, ...]) -> None:
    ads = Ads(ok())
    with pytest.raises(e.InvalidRequestError):
        await ads.pause(*ids)
    assert ads.asked == []


async def test_no_ids_have_no_states_and_make_no_call() -> None:
    ads = Ads(ok())
    assert await ads.states() == {}
    assert ads.asked == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (20001, e.PartialFailureError),
        (40001, e.PermissionDeniedError),
        (40002, e.InvalidRequestError),
        (40007, e.NotFoundError),
        (40300, e.NotFoundError),
        (40016, e.RateLimitedError),
        (40100, e.RateLimitedError),
        (40132, e.RateLimitedError),
        (61000, e.RateLimitedError),
        (40102, e.AuthorizationGoneError),
        (40104, e.AuthorizationGoneError),
        (40105, e.AuthorizationGoneError),
        (40202, e.LookFirstError),
        (50000, e.ShopUnavailableError),
        (50002, e.ShopUnavailableError),
        (51010, e.ShopUnavailableError),
        (49999, e.UnclearRefusalError),
    ],
)
def test_a_code_asks_for_its_reaction(code: int, kind: type[e.ShopError]) -> None:
    assert kind is ad_reaction(code=code, message="", http_status=200, writes=True)
    assert (code in MARKETING_CODES) is (kind is not e.UnclearRefusalError)


@pytest.mark.parametrize(
    ("status", "kind"), [(429, e.RateLimitedError), (502, e.ShopUnavailableError)]
)
def test_the_http_status_outranks_the_code(status: int, kind: type[e.ShopError]) -> None:
    assert kind is ad_reaction(code=0, message="", http_status=status, writes=True)


def test_a_read_never_asks_for_a_look() -> None:
    kind = ad_reaction(code=40202, message="", http_status=200, writes=False)
    assert kind is e.ShopUnavailableError


@pytest.mark.parametrize(
    ("reply", "open_"),
    [
        (lambda: httpx.ReadTimeout("x"), True),
        (lambda: httpx.ConnectError("x"), False),
        (lambda: httpx.Response(200, text="<html>"), True),
        (lambda: refused(50000), True),
        (lambda: refused(40202), True),
        (lambda: refused(40100), False),
    ],
)
async def test_a_write_says_whether_a_lost_answer_leaves_it_open(
    reply: Callable[[], Any], *, open_: bool
) -> None:
    ads = Ads(reply())
    with pytest.raises(e.ShopError) as caught:
        await ads.pause("1")
    assert caught.value.may_have_executed is open_
    assert len(ads.asked) == 1, "nothing is retried here"


async def test_a_lost_read_leaves_nothing_open() -> None:
    ads = Ads(httpx.ReadTimeout("x"))
    with pytest.raises(e.ShopUnavailableError) as caught:
        await ads.states("1")
    assert not caught.value.may_have_executed


async def test_the_token_is_in_no_repr_error_or_log() -> None:
    ads = Ads(refused(40105, f"Access token {TOKEN} is incorrect"))
    with (
        structlog.testing.capture_logs() as logs,
        pytest.raises(e.AuthorizationGoneError) as caught,
    ):
        await ads.pause("1")
    assert [entry["event"] for entry in logs] == ["ads.call_failed"]
    shown = f"{logs}{caught.value}{vars(caught.value)}{ads.client!r}{vars(ads.client)}"
    assert TOKEN not in shown
    await ads.client.aclose()
