"""The ads of a SKU as an incident needs them: paused, and resumed as they were."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.incidents import OutsideChange
from domain.instants import Instant
from workflows import names
from workflows.ports.facts import Fact


class PauseAds(Fact):
    """Pause what the shop's map names for a SKU."""

    incident_id: str
    shop_id: str
    sku_id: str
    at: Instant


class AdsPaused(Fact):
    """What was paused."""

    changes: tuple[OutsideChange, ...] = ()
    not_touched: str = ""
    """Why no ad was touched at all, such as no map."""
    why_not: str = ""
    """Why some of the ads could not be paused; a person has to."""


class ResumeAds(Fact):
    """Resume what the incident paused, and nothing else."""

    incident_id: str
    shop_id: str
    at: Instant


class AdsResumed(Fact):
    """What was resumed, what was left as it is, and what could not be resumed."""

    changes: tuple[OutsideChange, ...] = ()
    why_not: str = ""


class AdsPort(ABC):
    """Ads, switched by the ids of a shop's map; every write is repeatable."""

    @activity.defn(name=names.PAUSE_ADS)
    @abstractmethod
    async def pause_ads(self, cmd: PauseAds) -> AdsPaused:
        """Pause the ads of a SKU and read them back."""

    @activity.defn(name=names.RESUME_ADS)
    @abstractmethod
    async def resume_ads(self, cmd: ResumeAds) -> AdsResumed:
        """Resume the ads that the incident paused and read them back."""
