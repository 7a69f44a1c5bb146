"""The Marketing API's counterpart: its token, its envelope, its ads, its faults."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.ads import ADS_TOKEN, TH_ADVERTISER_ID, US_ADVERTISER_ID
from sandbox.ads_api import AdCode
from sandbox.app import create_app
from sandbox.errors import ControlError
from sandbox.scenario import Scenario
from sandbox.shops import US_SHOP_ID
from tests.support.sandbox import InProcess, in_process

_V = "/open_api/v1.3"
_CAMPAIGN, _OTHER_CAMPAIGN = "1770000000000000101", "1770000000000000102"
_GROUP, _OTHER_GROUP = "1780000000000001101", "1780000000000001102"
_TOKEN = {"Access-Token": ADS_TOKEN}


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    async with in_process(create_app(scenario=Scenario(ads_per_second=0))) as held:
        yield held


async def _get(shops: InProcess, level: str = "campaign", **query: str) -> Any:
    params = {"advertiser_id": US_ADVERTISER_ID, **query}
    answer = await shops.http.get(f"{_V}/{level}/get/", params=params, headers=_TOKEN)
    assert 200 == answer.status_code
    return answer.json()


async def _switch(
    shops: InProcess, level: str, operation: str, *ids: str, smart: str = "", **other: Any
) -> Any:
    body = {
        "advertiser_id": US_ADVERTISER_ID,
        f"{level}_ids": list(ids),
        "operation_status": operation,
        **other,
    }
    path = f"{_V}/{smart}{level}/status/update/"
    return (await shops.http.post(path, json=body, headers=_TOKEN)).json()


async def _state(shops: InProcess, level: str, ad_id: str) -> str:
    filtering = json.dumps({f"{level}_ids": [ad_id]})
    (row,) = (await _get(shops, level, filtering=filtering))["data"]["list"]
    return str(row["operation_status"])


async def test_every_default_sku_has_a_campaign_and_an_ad_group_of_its_shop(
    shops: InProcess,
) -> None:
    ads = await shops.ads()
    for shop in (await shops.shops())["shops"]:
        skus = {sku["id"] for product in shop["products"] for sku in product["skus"]}
        (advertiser,) = (one for one in ads.values() if one["shop_id"] == shop["shop_id"])
        for level in ("campaigns", "adgroups"):
            assert skus == {sku for ad in advertiser[level] for sku in ad["sku_ids"]}
            assert {"ENABLE"} == {ad["operation_status"] for ad in advertiser[level]}


async def test_ads_are_read_in_pages_with_the_fields_asked_for(shops: InProcess) -> None:
    first = await _get(shops, "adgroup", page_size="2", fields='["adgroup_id"]')
    second = await _get(shops, "adgroup", page_size="2", page="3")
    assert (0, "OK") == (first["code"], first["message"])
    assert first["request_id"]
    assert [{"adgroup_id": _GROUP}, {"adgroup_id": _OTHER_GROUP}] == first["data"]["list"]
    assert {"page": 1, "page_size": 2, "total_page": 3, "total_number": 5} == first["data"][
        "page_info"
    ]
    (last,) = second["data"]["list"]
    assert _OTHER_CAMPAIGN == last["campaign_id"]
    assert "sku_ids" not in last, "the platform knows nothing of SKUs here"


async def test_unknown_and_foreign_ids_are_not_listed(shops: InProcess) -> None:
    filtering = json.dumps({"campaign_ids": [_CAMPAIGN, "1770000000000000201", "5"]})
    rows = (await _get(shops, filtering=filtering))["data"]["list"]
    assert [_CAMPAIGN] == [row["campaign_id"] for row in rows]


@pytest.mark.parametrize(("level", "ad_id"), [("campaign", _CAMPAIGN), ("adgroup", _GROUP)])
async def test_an_ad_is_paused_and_resumed_and_that_is_on_record(
    shops: InProcess, level: str, ad_id: str
) -> None:
    answer = await _switch(shops, level, "DISABLE", ad_id)
    assert {f"{level}_ids": [ad_id], "status": "DISABLE"} == answer["data"]
    assert "DISABLE" == await _state(shops, level, ad_id)
    await _switch(shops, level, "ENABLE", ad_id)
    assert "ENABLE" == await _state(shops, level, ad_id)
    effects = (await shops.effects())["ads"]
    assert ["DISABLE", "ENABLE"] == [effect["operation"] for effect in effects]
    assert {(US_ADVERTISER_ID, US_SHOP_ID, ad_id)} == {
        (effect["advertiser_id"], effect["shop_id"], effect[f"{level}_id"]) for effect in effects
    }
    assert all(effect["at"] for effect in effects)


async def test_an_unknown_campaign_changes_none_of_those_named(shops: InProcess) -> None:
    answer = await _switch(shops, "campaign", "DISABLE", _CAMPAIGN, "5")
    assert AdCode.MISSING == answer["code"]
    assert "5" in answer["message"]
    assert "ENABLE" == await _state(shops, "campaign", _CAMPAIGN)
    assert [] == (await shops.effects())["ads"]


async def test_ad_groups_may_be_changed_in_part_if_that_is_asked_for(shops: InProcess) -> None:
    whole = await _switch(shops, "adgroup", "DISABLE", _GROUP, "5")
    partly = await _switch(shops, "adgroup", "DISABLE", _GROUP, "5", allow_partial_success=True)
    none = await _switch(shops, "adgroup", "DISABLE", "5", allow_partial_success=True)
    assert [AdCode.MISSING, AdCode.PARTIAL, AdCode.MISSING] == [
        answer["code"] for answer in (whole, partly, none)
    ]
    assert [_GROUP] == partly["data"]["adgroup_ids"]
    assert ["5"] == [error["adgroup_id"] for error in partly["data"]["error_list"]]
    assert "DISABLE" == await _state(shops, "adgroup", _GROUP)


async def test_smart_plus_answers_with_lists_of_its_own(shops: InProcess) -> None:
    answer = await _switch(shops, "campaign", "DISABLE", _CAMPAIGN, "5", smart="smart_plus/")
    assert [{"campaign_id": _CAMPAIGN, "status": "DISABLE"}] == answer["data"]["campaign_list"]
    assert ["5"] == [error["campaign_id"] for error in answer["data"]["error_list"]]


async def test_what_is_deleted_is_gone_for_good(shops: InProcess) -> None:
    await _switch(shops, "campaign", "DELETE", _CAMPAIGN)
    again = await _switch(shops, "campaign", "ENABLE", _CAMPAIGN)
    filtering = json.dumps({"campaign_ids": [_CAMPAIGN]})
    assert AdCode.MISSING == again["code"]
    assert [] == (await _get(shops, filtering=filtering))["data"]["list"]


@pytest.mark.parametrize(
    ("headers", "query", "code"),
    [
        ({}, {}, AdCode.NO_TOKEN),
        ({"Access-Token": "other"}, {}, AdCode.BAD_TOKEN),
        (_TOKEN, {"advertiser_id": "5"}, AdCode.NO_ADVERTISER),
        (_TOKEN, {"page": "0"}, AdCode.PARAMETER),
        (_TOKEN, {"page_size": "1001"}, AdCode.PARAMETER),
        (_TOKEN, {"filtering": "[]"}, AdCode.PARAMETER),
        (_TOKEN, {"filtering": "{"}, AdCode.PARAMETER),
        (_TOKEN, {"filtering": '{"campaign_ids": []}'}, AdCode.PARAMETER),
    ],
)
async def test_a_call_that_cannot_be_is_refused_with_status_200(
    shops: InProcess, headers: dict[str, str], query: dict[str, str], code: int
) -> None:
    params = {"advertiser_id": US_ADVERTISER_ID} | query
    answer = await shops.http.get(f"{_V}/campaign/get/", params=params, headers=headers)
    assert (200, code) == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"campaign_ids": []}, AdCode.PARAMETER),
        ({"campaign_ids": [str(number) for number in range(21)]}, AdCode.PARAMETER),
        ({"operation_status": "PAUSE"}, AdCode.PARAMETER),
        ({"advertiser_id": TH_ADVERTISER_ID}, AdCode.MISSING),
    ],
)
async def test_a_switch_that_cannot_be_is_refused(
    shops: InProcess, change: dict[str, Any], code: int
) -> None:
    answer = await _switch(shops, "campaign", "DISABLE", _CAMPAIGN, **change)
    assert code == answer["code"]


async def test_a_token_of_another_business_has_no_permission() -> None:
    mine = {"advertiser_id": "1", "access_token": "a", "campaigns": [{"campaign_id": "11"}]}
    seed = {"orders": [], "advertisers": [mine, {"advertiser_id": "2", "access_token": "b"}]}
    async with in_process(create_app(seed=seed)) as held:
        headers = {"Access-Token": "b"}
        path = f"{_V}/campaign/get/?advertiser_id=1"
        answer = await held.http.get(path, headers=headers)
    assert AdCode.NO_PERMISSION == answer.json()["code"]


@pytest.mark.parametrize(
    "path", [f"{_V}/campaign/get", f"{_V}/ad/status/update/", "/open_api/v1.2/campaign/get/"]
)
async def test_the_slash_at_the_end_and_the_version_are_part_of_a_path(
    shops: InProcess, path: str
) -> None:
    assert 404 == (await shops.http.get(path, headers=_TOKEN)).status_code


async def test_more_calls_a_second_than_the_tier_allows_are_throttled() -> None:
    async with in_process(create_app(scenario=Scenario(ads_per_second=2))) as held:
        codes = [(await _get(held))["code"] for _ in range(3)]
    assert [0, 0, AdCode.TOO_MANY] == codes


@pytest.mark.parametrize(
    ("kind", "status", "code", "other"),
    [
        ("error", 500, AdCode.INTERNAL, {}),
        ("error", 503, AdCode.INTERNAL, {"status": 503}),
        ("rate_limit", 200, AdCode.TOO_MANY, {}),
        ("expired_token", 200, AdCode.TOKEN_EXPIRED, {}),
        ("refuse", 200, 40202, {"code": 40202}),
    ],
)
async def test_a_fault_speaks_the_words_of_this_api_and_changes_nothing(
    shops: InProcess, kind: str, status: int, code: int, other: dict[str, int]
) -> None:
    path = f"{_V}/campaign/status/update/"
    await shops.fault(kind, path, method="POST", **other)
    body = {"advertiser_id": US_ADVERTISER_ID, "campaign_ids": [_CAMPAIGN]}
    answer = await shops.http.post(
        path, json=body | {"operation_status": "DISABLE"}, headers=_TOKEN
    )
    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert "ENABLE" == await _state(shops, "campaign", _CAMPAIGN)
    (call,) = await shops.calls(path)
    assert (False, kind) == (call["executed"], call["fault"])
    assert ADS_TOKEN not in json.dumps(call)


@pytest.mark.parametrize(
    ("kind", "failure", "state"),
    [
        ("drop_reply", httpx.RemoteProtocolError, "DISABLE"),
        ("timeout", httpx.ReadTimeout, "ENABLE"),
    ],
)
async def test_only_a_dropped_reply_was_executed(
    shops: InProcess, kind: str, failure: type[Exception], state: str
) -> None:
    await shops.fault(kind, f"{_V}/campaign/status")
    with pytest.raises(failure):
        await _switch(shops, "campaign", "DISABLE", _CAMPAIGN)
    assert state == await _state(shops, "campaign", _CAMPAIGN)


async def test_garbage_is_no_json_here_either(shops: InProcess) -> None:
    await shops.fault("garbage", _V)
    answer = await shops.http.get(f"{_V}/campaign/get/", headers=_TOKEN)
    assert answer.text.startswith("<html>")


async def test_states_can_be_set_by_hand_without_being_an_effect(shops: InProcess) -> None:
    await shops.set_ad(campaign_id=_CAMPAIGN, operation_status="DISABLE")
    await shops.set_ad(adgroup_id=_GROUP, operation_status="DISABLE")
    assert "DISABLE" == await _state(shops, "campaign", _CAMPAIGN)
    assert "DISABLE" == await _state(shops, "adgroup", _GROUP)
    assert [] == (await shops.effects())["ads"]
    for wrong in (
        {"campaign_id": "5", "operation_status": "ENABLE"},
        {"campaign_id": _CAMPAIGN, "operation_status": "PAUSED"},
        {},
    ):
        assert 400 == (await shops.http.post("/_control/ads", json=wrong)).status_code


async def test_a_stuck_advertiser_says_yes_and_changes_nothing(shops: InProcess) -> None:
    await shops.set_ad(advertiser_id=US_ADVERTISER_ID, stuck=True)
    assert 0 == (await _switch(shops, "campaign", "DISABLE", _CAMPAIGN))["code"]
    assert "ENABLE" == await _state(shops, "campaign", _CAMPAIGN)
    assert [] == (await shops.effects())["ads"]


async def test_an_advertiser_can_be_added(shops: InProcess) -> None:
    groups = [{"adgroup_id": "911", "operation_status": "DISABLE", "sku_ids": ["51"]}]
    campaign = {"campaign_id": "91", "adgroups": groups}
    await shops.set_ad(advertiser_id="9", shop_id=US_SHOP_ID, campaigns=[campaign])
    held = (await shops.ads())["9"]
    assert (["91"], ["DISABLE"]) == (
        [one["campaign_id"] for one in held["campaigns"]],
        [one["operation_status"] for one in held["adgroups"]],
    )


@pytest.mark.parametrize(
    ("advertiser", "named"),
    [
        ({}, "advertiser_id"),
        ({"advertiser_id": "1", "campaigns": [{}]}, "campaign_id"),
        (
            {"advertiser_id": "1", "campaigns": [{"campaign_id": "2", "operation_status": "ON"}]},
            "ON",
        ),
    ],
)
def test_an_advertiser_that_does_not_hold_together_is_named(
    advertiser: dict[str, Any], named: str
) -> None:
    with pytest.raises(ControlError, match=named):
        create_app(seed={"advertisers": [advertiser]})


def test_shops_of_ones_own_have_no_ads_unless_given() -> None:
    shop = {"shop_id": "1", "region": "US", "cipher": "c", "auth_code": "a"}
    assert [] == create_app(seed={"shops": [shop]}).world.advertisers.all()


async def test_states_survive_the_end_of_the_process(tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with in_process(create_app(state=state)) as held:
        await _switch(held, "adgroup", "DISABLE", _GROUP)
        await held.set_ad(advertiser_id=TH_ADVERTISER_ID, stuck=True)
        package = (await held.packages(US_SHOP_ID))[0]["id"]
        notice = {"shop_id": US_SHOP_ID, "kind": "late_dispatch", "package_id": package}
        ticket = (await held.penalty(**notice))["ticket_id"]
    async with in_process(create_app(state=state)) as held:
        assert "DISABLE" == await _state(held, "adgroup", _GROUP)
        assert (await held.ads())[TH_ADVERTISER_ID]["stuck"]
        assert [_GROUP] == [one["adgroup_id"] for one in (await held.effects())["ads"]]
        decided = await held.penalty(ticket_id=ticket, decision="accepted")
        assert package == decided["package_id"]
