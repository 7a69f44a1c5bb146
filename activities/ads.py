"""The ads of a short SKU: paused and resumed by the ids that a shop's map names for it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import structlog
from temporalio import activity
from typing_extensions import override

from activities.playbooks import FileReader
from activities.troubles import told_to_temporal
from domain.ad_maps import AdMap, AdsOfShop, parse_ads
from domain.errors import DomainError
from domain.incidents import ChangedThing, ChangeState, OutsideChange
from records.database import Database
from records.incident_changes import ChangeKind, IncidentChanges, Target
from records.incident_changes import ChangeState as OnFile
from tiktok_shop.errors import AskPersonError, InvalidRequestError, NotFoundError
from tiktok_shop.marketing import AdLevel, AdOperation, AdState, MarketingClient
from workflows import names
from workflows.ports.ads import AdsPaused, AdsPort, AdsResumed, PauseAds, ResumeAds

logger = structlog.get_logger()

_REFUSED = (AskPersonError, NotFoundError, InvalidRequestError)
"""Answers to a switch that no repetition changes."""
_TO_UNDO = frozenset({OnFile.PLANNED, OnFile.VERIFIED, OnFile.RESTORING})
_NOT_DONE = frozenset({ChangeState.REFUSED, ChangeState.UNDONE_UNVERIFIED})
_ON, _OFF = AdState.ENABLE, AdState.DISABLE


@dataclass(frozen=True)
class _Ad:
    """One campaign or ad group of the map."""

    level: AdLevel
    ad_id: str

    @property
    def target(self) -> Target:
        return Target(kind=ChangeKind.AD, id=f"{self.level.value}:{self.ad_id}")

    @classmethod
    def of(cls, target: Target) -> "_Ad":
        level, ad_id = target.id.split(":", 1)
        return cls(AdLevel(level), ad_id)

    def change(self, state: ChangeState, *, why: str = "", **fields: str) -> OutsideChange:
        return OutsideChange(
            thing=ChangedThing.AD,
            target=self.target.id,
            state=state,
            verified=state in (ChangeState.CHANGED, ChangeState.UNDONE),
            why=why,
            **fields,
        )


class AdBook:
    """The ads of every shop, read again when their file has changed."""

    def __init__(self, path: Path) -> None:
        """Take the file at *path*; without one no ad is ever touched."""
        self._path = path
        self._files = FileReader(parse_ads)

    def of(self, shop_id: str) -> AdsOfShop | None:
        """Return the ads of a shop, None where nobody wrote them down.

        Raises:
            PlaybookError: The file does not hold together; names file and line.
        """
        known = self._files.read(self._path) if self._path.is_file() else AdMap()
        return known.of(shop_id)

    @property
    def name(self) -> str:
        """The file's name, for sentences."""
        return self._path.name


class AdsActivities(AdsPort):
    """Switches ads; what was switched is written down before, so that only that is undone."""

    def __init__(self, *, client: MarketingClient | None, book: AdBook, db: Database) -> None:
        """Open the ads.

        Args:
            client: None where no token of the Marketing API is set.
            book: Which ads show which SKU.
            db: The migrated database.
        """
        self._client = client
        self._book = book
        self._changes = IncidentChanges(db)

    @override
    @activity.defn(name=names.PAUSE_ADS)
    async def pause_ads(self, cmd: PauseAds) -> AdsPaused:
        """Pause the ads of a SKU and read them back.

        Safe to run twice because a pause is a state, and what an ad was before is kept from the
        first time.
        """
        try:
            shop = self._book.of(cmd.shop_id)
        except DomainError as error:
            return AdsPaused(not_touched="the map of ads cannot be read", why_not=str(error))
        ads = _ads(shop, cmd.sku_id)
        if shop is None or not ads:
            return AdsPaused(not_touched=f"{self._book.name} maps no ad to {cmd.sku_id}")
        if self._client is None:
            why_not = (
                "no token of the Marketing API is set; set WENHUO_ADS_TOKEN, or pause by hand"
            )
            return AdsPaused(not_touched="no token is set", why_not=why_not)
        switch = _Switch(self._client, shop)
        found = [await self._pause(cmd, switch, group) for group in _by_level(ads)]
        changes = tuple(one for group in found for one in group)
        logger.info("ads.paused", incident_id=cmd.incident_id, ads=len(changes))
        return AdsPaused(changes=changes, why_not=_by_hand(changes, "paused"))

    async def _pause(
        self, cmd: PauseAds, switch: "_Switch", ads: Sequence[_Ad]
    ) -> list[OutsideChange]:
        before = await switch.states(ads)
        ours = [ad for ad in ads if ad in before and await self._is_ours(cmd, ad, before[ad])]
        running = [ad for ad in ours if before[ad] is _ON]
        refusal = await switch.set(running, AdOperation.DISABLE)
        after = await switch.states(running)
        found = [_unknown(ad) for ad in ads if ad not in before]
        for ad in ours:
            state = after.get(ad, before[ad])
            if state is _OFF:
                await self._write(self._changes.verified, cmd.incident_id, ad, cmd.at)
                found.append(ad.change(ChangeState.CHANGED, before=_ON, after=_OFF))
            else:
                await self._write(self._changes.not_made, cmd.incident_id, ad, cmd.at)
                why = refusal or "the pause was accepted, and the ad still runs"
                found.append(ad.change(ChangeState.REFUSED, before=_ON, after=state, why=why))
        return found

    async def _is_ours(self, cmd: PauseAds, ad: _Ad, state: AdState) -> bool:
        """Write the pause down; False if somebody else had paused the ad for reasons of theirs."""
        planned = await asyncio.to_thread(
            self._changes.plan,
            cmd.incident_id,
            ad.target,
            before=state.value,
            after=_OFF.value,
            at=cmd.at,
        )
        if planned.before == _ON:
            return True
        await self._write(self._changes.not_made, cmd.incident_id, ad, cmd.at)
        return False

    @override
    @activity.defn(name=names.RESUME_ADS)
    async def resume_ads(self, cmd: ResumeAds) -> AdsResumed:
        """Resume the ads that the incident paused and read them back.

        Safe to run twice because an ad that runs again is not touched once more.
        """
        on_file = await asyncio.to_thread(self._changes.of_incident, cmd.incident_id)
        ads = [
            _Ad.of(one.target)
            for one in on_file
            if one.target.kind is ChangeKind.AD and one.state in _TO_UNDO
        ]
        if not ads:
            return AdsResumed()
        shop = self._book.of(cmd.shop_id)
        if shop is None or self._client is None:
            return AdsResumed(why_not="the map of ads or its token is gone; resume them by hand")
        switch = _Switch(self._client, shop)
        found = [await self._resume(cmd, switch, group) for group in _by_level(ads)]
        changes = tuple(one for group in found for one in group)
        logger.info("ads.resumed", incident_id=cmd.incident_id, ads=len(changes))
        return AdsResumed(changes=changes, why_not=_by_hand(changes, "resumed"))

    async def _resume(
        self, cmd: ResumeAds, switch: "_Switch", ads: Sequence[_Ad]
    ) -> list[OutsideChange]:
        ours = [ad for ad in ads if await self._is_last(cmd, ad)]
        why = "another incident still needs the pause"
        found = [ad.change(ChangeState.KEPT, after=_OFF, why=why) for ad in ads if ad not in ours]
        before = await switch.states(ours)
        paused = [ad for ad in ours if before.get(ad) is _OFF]
        refusal = await switch.set(paused, AdOperation.ENABLE)
        after = before | await switch.states(paused)
        for ad in ours:
            change = _resumed(ad, before.get(ad), after.get(ad), refusal)
            if change.state not in _NOT_DONE:
                await self._write(self._changes.restored, cmd.incident_id, ad, cmd.at)
            found.append(change)
        return found

    async def _is_last(self, cmd: ResumeAds, ad: _Ad) -> bool:
        given = await asyncio.to_thread(
            self._changes.let_go, cmd.incident_id, ad.target, at=cmd.at
        )
        return given.state is not OnFile.LEFT

    async def _write(
        self, write: Callable[..., None], incident_id: str, ad: _Ad, at: datetime
    ) -> None:
        await asyncio.to_thread(write, incident_id, ad.target, at=at)


class _Switch:
    """One advertiser's switches, one level at a time."""

    def __init__(self, client: MarketingClient, shop: AdsOfShop) -> None:
        self._client = client
        self._advertiser_id = shop.advertiser_id

    async def states(self, ads: Sequence[_Ad]) -> dict[_Ad, AdState]:
        """Return the switch of each ad; those that the advertiser has not are absent."""
        if not ads:
            return {}
        with told_to_temporal():
            found = await self._client.ad_states(
                advertiser_id=self._advertiser_id,
                level=ads[0].level,
                ids=[ad.ad_id for ad in ads],
            )
        return {ad: found[ad.ad_id] for ad in ads if ad.ad_id in found}

    async def set(self, ads: Sequence[_Ad], operation: AdOperation) -> str:
        """Switch ads; return the platform's refusal, or an empty string."""
        if not ads:
            return ""
        try:
            with told_to_temporal(but=_REFUSED):
                await self._client.set_ad_states(
                    advertiser_id=self._advertiser_id,
                    level=ads[0].level,
                    ids=[ad.ad_id for ad in ads],
                    operation=operation,
                )
        except _REFUSED as refusal:
            return str(refusal)
        return ""


def _resumed(
    ad: _Ad, before: AdState | None, after: AdState | None, refusal: str
) -> OutsideChange:
    if before is None or after is None:
        return _unknown(ad)
    if before is not _OFF:
        why = "somebody has switched it since"
        return ad.change(ChangeState.CHANGED_BY_OTHERS, after=before, why=why)
    if after is _ON:
        return ad.change(ChangeState.UNDONE, before=_OFF, after=_ON)
    why = refusal or "the resumption was accepted, and the ad still stands"
    return ad.change(ChangeState.UNDONE_UNVERIFIED, before=_OFF, after=after, why=why)


def _ads(shop: AdsOfShop | None, sku_id: str) -> list[_Ad]:
    ads = shop.skus.get(sku_id) if shop else None
    if ads is None:
        return []
    by_level = {
        AdLevel.CAMPAIGN: ads.campaigns,
        AdLevel.AD_GROUP: ads.ad_groups,
        AdLevel.SMART_CAMPAIGN: ads.smart_campaigns,
        AdLevel.SMART_AD_GROUP: ads.smart_ad_groups,
    }
    return [_Ad(level, ad_id) for level, ids in by_level.items() for ad_id in ids]


def _by_level(ads: Iterable[_Ad]) -> list[list[_Ad]]:
    ranked = sorted(ads, key=lambda ad: ad.level)
    return [list(group) for _, group in groupby(ranked, key=lambda ad: ad.level)]


def _unknown(ad: _Ad) -> OutsideChange:
    why = "the advertiser has no such ad; correct the map of ads"
    return ad.change(ChangeState.REFUSED, why=why)


def _by_hand(changes: Iterable[OutsideChange], done: str) -> str:
    """Return what a person has to do about ads that could not be switched."""
    left = [f"{one.target} ({one.why})" for one in changes if one.state in _NOT_DONE]
    return f"not {done}: {'; '.join(left)}; do it in TikTok Ads Manager" if left else ""
