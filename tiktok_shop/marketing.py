"""TikTok Marketing API: which ads of a product run, pausing and resuming them, nothing else.

It is an app, a consent and a token of its own; a token of the shop does not work here. A campaign
or ad group is only ever paused or resumed: the API's DELETE is final and is not in this client.
Campaigns of GMV Max (Shop ads) are paused by the ordinary campaign call.

Source: TikTok API for Business v1.3, campaign and ad group "get" and "status update", Smart+
"status update" (docs, autumn 2026).
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import httpx
from pydantic import Field, SecretStr

from tiktok_shop.gateway import plain_ids, refuse
from tiktok_shop.marketing_codes import ad_reaction
from tiktok_shop.transport import DEFAULT_TIMEOUT, Answer, Call, Clock, Host, system_clock
from tiktok_shop.wire import Wire

MARKETING_BASE_URL = "https://business-api.tiktok.com"

_PREFIX = "/open_api/v1.3"
_IDS_PER_WRITE = 20
_IDS_PER_READ = 100
_PAGE_SIZE = 100


class AdLevel(StrEnum):
    """What is paused; the value is where the API keeps its status call."""

    CAMPAIGN = "campaign"
    AD_GROUP = "adgroup"
    SMART_CAMPAIGN = "smart_plus/campaign"
    SMART_AD_GROUP = "smart_plus/adgroup"
    """Of upgraded Smart+ campaigns, which are read like the others and switched apart."""

    @property
    def kind(self) -> str:
        """The API's word for what the ids are of."""
        return self.value.rpartition("/")[2]

    @property
    def id_field(self) -> str:
        """Name of one id of this level; the list of ids adds an s."""
        return f"{self.kind}_id"


class AdState(StrEnum):
    """Whether the switch of a campaign or ad group is on; UNKNOWN is a word we have not met."""

    ENABLE = "ENABLE"
    DISABLE = "DISABLE"
    UNKNOWN = "UNKNOWN"


class AdOperation(StrEnum):
    """What may be done to a campaign or ad group."""

    ENABLE = "ENABLE"
    DISABLE = "DISABLE"

    @property
    def leads_to(self) -> AdState:
        """The state that shows the operation as done."""
        return AdState(self.value)


class _Ad(Wire):
    campaign_id: str = ""
    adgroup_id: str = ""
    operation_status: str = ""

    def state(self) -> AdState:
        word = self.operation_status
        return AdState(word) if word in set(AdState) else AdState.UNKNOWN


class _PageInfo(Wire):
    page: int = 1
    total_page: int = 1


class _Ads(Wire):
    ads: tuple[_Ad, ...] = Field(default=(), alias="list")
    page_info: _PageInfo = _PageInfo()


class MarketingClient:
    """Typed calls in the name of one token; each is made once, retries are the caller's."""

    def __init__(
        self,
        *,
        access_token: SecretStr,
        base_url: str = MARKETING_BASE_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: httpx.Timeout = DEFAULT_TIMEOUT,
        clock: Clock = system_clock,
    ) -> None:
        """Open a client.

        Args:
            access_token: Of the Marketing API app; it lives until it is withdrawn.
            base_url: Scheme and host, without a trailing slash.
            transport: Replaces the network, for tests.
            timeout: Explicit limits of one call, in seconds.
            clock: Real time.
        """
        self._access_token = access_token
        self._host = Host(
            base_url=base_url,
            transport=transport,
            timeout=timeout,
            clock=clock,
            sort=ad_reaction,
            failed_event="ads.call_failed",
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._host.aclose()

    async def ad_states(
        self, *, advertiser_id: str, level: AdLevel, ids: Sequence[str]
    ) -> dict[str, AdState]:
        """Return the switch of each campaign or ad group; ids the advertiser has not are absent.

        A deleted one is absent too. This is also the look before a pause or resumption whose
        answer was lost is repeated.

        Args:
            advertiser_id: Whose ads.
            level: What the ids are of.
            ids: Campaign or ad group ids.

        Raises:
            InvalidRequestError: Something is not an id.
            AuthorizationGoneError: The token is not accepted; a person authorizes again.
            PermissionDeniedError: The token does not cover this advertiser.
            ShopError: See tiktok_shop.errors.
        """
        plain_ids([advertiser_id, *ids], field=level.id_field)
        wanted = list(dict.fromkeys(ids))
        found: dict[str, AdState] = {}
        for batch in _batches(wanted, _IDS_PER_READ):
            async for page in self._pages(advertiser_id, level, batch):
                found |= {_id_of(ad, level): ad.state() for ad in page.ads}
        return {ad_id: found[ad_id] for ad_id in wanted if ad_id in found}

    async def set_ad_states(
        self,
        *,
        advertiser_id: str,
        level: AdLevel,
        ids: Sequence[str],
        operation: AdOperation,
    ) -> None:
        """Pause or resume campaigns or ad groups; doing it twice is harmless.

        A success is what the API says; whether the ads really stand still is for `ad_states` to
        tell, for accounts were seen that answer success and change nothing.

        Args:
            advertiser_id: Whose ads.
            level: What the ids are of.
            ids: Campaign or ad group ids, sent in groups of 20.
            operation: DISABLE pauses, ENABLE resumes.

        Raises:
            InvalidRequestError: Something is not an id.
            NotFoundError: The advertiser has none of these; nothing of this group was changed.
            PartialFailureError: Some were left as they are.
            LookFirstError: Somebody else writes to the same ads at this moment.
            ShopUnavailableError: No usable answer; `may_have_executed` says that the change may
                be there.
            ShopError: See tiktok_shop.errors.
        """
        plain_ids([advertiser_id, *ids], field=level.id_field)
        if not ids:
            refuse(level.id_field, "no id given; name at least one")
        # Ordinary campaigns are changed together or not at all; ad groups in part if asked for.
        partly = {"allow_partial_success": True} if level is AdLevel.AD_GROUP else {}
        for batch in _batches(list(dict.fromkeys(ids)), _IDS_PER_WRITE):
            await self._post(
                f"{_PREFIX}/{level.value}/status/update/",
                {
                    "advertiser_id": advertiser_id,
                    f"{level.id_field}s": batch,
                    "operation_status": operation.value,
                    **partly,
                },
            )

    async def _pages(
        self, advertiser_id: str, level: AdLevel, ids: Sequence[str]
    ) -> AsyncIterator[_Ads]:
        number = 1
        while True:
            answer = await self._get(
                f"{_PREFIX}/{level.kind}/get/",
                {
                    "advertiser_id": advertiser_id,
                    "filtering": _json({f"{level.id_field}s": list(ids)}),
                    "fields": _json([level.id_field, "operation_status"]),
                    "page": str(number),
                    "page_size": str(_PAGE_SIZE),
                },
            )
            page = answer.read(_Ads, lambda ads: ads)
            yield page
            if number >= page.page_info.total_page:
                return
            number += 1

    async def _get(self, path: str, query: Mapping[str, str]) -> Answer:
        return await self._send("GET", path, query=tuple(query.items()))

    async def _post(self, path: str, body: Mapping[str, Any]) -> Answer:
        return await self._send("POST", path, body=_json(body).encode())

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
    ) -> Answer:
        token = self._access_token.get_secret_value()
        return await self._host.send(
            Call(
                method=method,
                path=path,
                query=query,
                body=body,
                headers={"access-token": token, "content-type": "application/json"},
                writes=body is not None,
                secrets=(token,),
            )
        )


def _id_of(ad: _Ad, level: AdLevel) -> str:
    return ad.campaign_id if level.kind == AdLevel.CAMPAIGN else ad.adgroup_id


def _batches(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
