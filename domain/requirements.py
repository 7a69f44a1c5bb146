"""Which proofs win an appeal: per market, violation and scenario, as dated data with a source.

The data are files that people edit (`domain/requirement_files.py` reads them). An appeal pins the
set it was opened under, so that a newer entry changes new appeals and never a filed one.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt

from domain.errors import PlaybookError
from domain.markets import Confidence


class RequirementKind(StrEnum):
    """Everything that can be held as a proof, by what it is."""

    BOOKING_CONFIRMATION = "booking_confirmation"
    DISPATCH_MANIFEST = "dispatch_manifest"
    ORDER_RECORD = "order_record"
    ORDER_CONFIRMATION = "order_confirmation"
    TRACKING = "tracking"
    BUYER_NOTICE = "buyer_notice"
    READY_PHOTO = "ready_photo"
    EARLY_VISIT_PHOTO = "early_visit_photo"
    HANDOVER_PHOTO = "handover_photo"
    FULL_VEHICLE_PHOTO = "full_vehicle_photo"
    SIGNED_MANIFEST = "signed_manifest"
    CARRIER_CHAT = "carrier_chat"
    CALL_RECORDING = "call_recording"
    CARRIER_PAGE = "carrier_page"
    CARRIER_ALERT = "carrier_alert"
    BUYER_CHAT = "buyer_chat"
    PLATFORM_NOTICE = "platform_notice"
    GOVERNMENT_DOCUMENT = "government_document"
    NEWS_OR_WEATHER = "news_or_weather"
    EVENT_PHOTO = "event_photo"
    RECOVERY_STATEMENT = "recovery_statement"
    OTHER = "other"
    """Proves no listed requirement, but can be what a second round adds."""


MADE_BY_MACHINES = frozenset(
    {
        RequirementKind.BOOKING_CONFIRMATION,
        RequirementKind.DISPATCH_MANIFEST,
        RequirementKind.ORDER_RECORD,
        RequirementKind.TRACKING,
        RequirementKind.BUYER_NOTICE,
    }
)
"""What a case takes from the shop's own data; everything else only people can give."""


class Violation(StrEnum):
    """What the platform punishes; UNKNOWN stands for a word that we have not met."""

    LATE_DISPATCH = "late_dispatch"
    FAST_DISPATCH = "fast_dispatch"
    SELLER_CANCELLATION = "seller_cancellation"
    LATE_DELIVERY = "late_delivery"
    UNKNOWN = "unknown"


_OTHER_WORDS: Mapping[str, Violation] = {
    "ldr": Violation.LATE_DISPATCH,
    "late_dispatch_rate": Violation.LATE_DISPATCH,
    "late_shipment": Violation.LATE_DISPATCH,
    "fdr": Violation.FAST_DISPATCH,
    "fast_dispatch_rate": Violation.FAST_DISPATCH,
    "sfcr": Violation.SELLER_CANCELLATION,
    "seller_fault_cancellation": Violation.SELLER_CANCELLATION,
    "seller_fault_cancellation_rate": Violation.SELLER_CANCELLATION,
    "otdr": Violation.LATE_DELIVERY,
    "on_time_delivery": Violation.LATE_DELIVERY,
    "on_time_delivery_rate": Violation.LATE_DELIVERY,
}


def violation_of(kind: str) -> Violation:
    """Return what a penalty's *kind* means, UNKNOWN for a word that we have not met.

    Args:
        kind: As the platform or a person writes it, such as "Late Dispatch Rate" or "LDR".
    """
    word = "_".join(kind.lower().replace("-", " ").replace("_", " ").split())
    return Violation(word) if word in set(Violation) else _OTHER_WORDS.get(word, Violation.UNKNOWN)


class Scenario(StrEnum):
    """Why the violation is not the merchant's fault."""

    CARRIER_TOO_EARLY = "carrier_too_early"
    CARRIER_NEVER_CAME = "carrier_never_came"
    CARRIER_NO_ROOM = "carrier_no_room"
    SCANNED_LATE = "scanned_late"
    FORCE_MAJEURE = "force_majeure"
    BUYER_ASKED = "buyer_asked"
    """The buyer asked to cancel or for a delay, or did not answer in time."""
    ADDRESS_UNDELIVERABLE = "address_undeliverable"
    DISPATCHED_BEFORE_CUTOFF = "dispatched_before_cutoff"
    PLATFORM_ERROR = "platform_error"
    CARRIER_SUSPENSION = "carrier_suspension"


class Need(StrEnum):
    """Whether an appeal is complete without the proof."""

    NEEDED = "needed"
    HELPFUL = "helpful"


class Obtainable(StrEnum):
    """Until when a proof can still be made."""

    SAME_DAY = "same_day"
    """Until the end of the local day of the booked slot."""
    BEFORE_PICKUP = "before_pickup"
    """Until the carrier has taken the parcel."""
    ANY_TIME = "any_time"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T")


def _not_empty(values: tuple[T, ...]) -> tuple[T, ...]:
    # A length limit of pydantic's would hide the mistake in an only item behind its own.
    if not values:
        raise ValueError("is empty; name at least one")
    return values


Some = Annotated[tuple[T, ...], AfterValidator(_not_empty)]
"""At least one."""


class Requirement(_Part):
    """One proof of a set; any of *one_of* proves it."""

    key: str = Field(pattern=r"^[a-z][a-z_]*$")
    one_of: Some[RequirementKind]
    shows: str = Field(min_length=1)
    """What it must show, in English, as the end of "Add …"."""
    shows_zh: str = Field(min_length=1)
    shows_in: dict[str, str] = Field(default_factory=dict)
    """The same in the market's appeal language, by its tag; packets print it beside English."""
    need: Need = Need.NEEDED
    obtainable: Obtainable = Obtainable.ANY_TIME
    must_be_dated: bool = False
    """A copy whose own time is not known does not count."""
    at_least: PositiveInt = 1
    """How many pieces it takes."""


def _each_key_once(requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    keys = [one.key for one in requirements]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key {key!r} is given twice; name each requirement once")
    if not any(one.need is Need.NEEDED for one in requirements):
        raise ValueError("nothing is needed; an appeal without proof cannot be complete")
    return requirements


Requirements = Annotated[tuple[Requirement, ...], AfterValidator(_each_key_once)]


class MatrixEntry(_Part):
    """What one market wants for one scenario, in force between two days."""

    violations: Some[Violation]
    scenario: Scenario
    valid_from: date
    valid_until: date | None = None
    """The last day on which it held; None while it does."""
    confidence: Confidence
    source: str = Field(min_length=1)
    """The page that says so, with its own date where it has one."""
    read_on: date
    notes: tuple[str, ...] = ()
    requirements: Requirements
    version: str = ""
    """Short hash of the content, set by whoever reads the file."""

    def in_force(self, on: date) -> bool:
        """Tell whether the entry holds on the day *on*; both its first and last day count."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def strictness(self) -> tuple[int, int, int]:
        """Return a key that is larger the more the entry demands."""
        needed = [one for one in self.requirements if one.need is Need.NEEDED]
        return len(needed), sum(one.must_be_dated for one in needed), len(self.requirements)


class MarketEvidence(_Part):
    """All entries of one market, one file."""

    market: str
    """Region code as the platform prints it, such as US or TH."""
    entries: Some[MatrixEntry]


class RequirementSet(_Part):
    """What one appeal must prove; pinned when it opens."""

    market: str
    violation: Violation
    scenario: Scenario
    version: str
    valid_from: date
    valid_until: date | None = None
    confidence: Confidence
    source: str
    assumed: bool = False
    """True if nothing is known for this market and violation and another set stands in."""
    rule: str
    """One sentence: where the set comes from."""
    requirements: tuple[Requirement, ...]

    def needed(self) -> tuple[Requirement, ...]:
        """Return the requirements without which an appeal is not complete."""
        return tuple(one for one in self.requirements if one.need is Need.NEEDED)


class EvidenceMatrix(_Part):
    """Everything that is known of the proofs that win."""

    markets: tuple[MarketEvidence, ...]

    def for_(
        self, market: str, violation: Violation, scenario: Scenario, *, on: date
    ) -> RequirementSet:
        """Return what an appeal must prove that opens on the day *on*.

        Args:
            market: Region code of the appeal's market.
            violation: What is punished.
            scenario: Why it was not the merchant's fault.
            on: The day the appeal opens, in the market's own calendar.

        Returns:
            The entry in force, or the strictest known one of that scenario, visibly assumed.

        Raises:
            PlaybookError: No entry of any market knows the scenario.
        """
        for own, entry in self._of(scenario):
            known = own == market and violation in entry.violations
            if known and entry.in_force(on):
                return _resolved(entry, market, violation)
        stood_in, entry = self._strictest(scenario, on)
        return _resolved(entry, market, violation, stood_in=stood_in)

    def _of(self, scenario: Scenario) -> Iterable[tuple[str, MatrixEntry]]:
        for each in self.markets:
            yield from ((each.market, one) for one in each.entries if one.scenario is scenario)

    def _strictest(self, scenario: Scenario, on: date) -> tuple[str, MatrixEntry]:
        known = list(self._of(scenario))
        if not known:
            raise PlaybookError(
                "evidence rules", f"no market knows the scenario {scenario}; add an entry for it"
            )
        current = [(own, entry) for own, entry in known if entry.in_force(on)]
        return max(current or known, key=lambda pair: (pair[1].strictness(), pair[0]))


def _resolved(
    entry: MatrixEntry, market: str, violation: Violation, *, stood_in: str | None = None
) -> RequirementSet:
    since = f"since {entry.valid_from:%Y-%m-%d}"
    rule = f"{market}, {violation}, {entry.scenario}: {entry.source}; {since}"
    if stood_in is not None:
        rule = (
            f"nothing in force is known of {market}, {violation}, {entry.scenario}; the strictest "
            f"known set stands in, that of {stood_in}: {entry.source}; {since}"
        )
    return RequirementSet(
        market=market,
        violation=violation,
        scenario=entry.scenario,
        version=entry.version,
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        confidence=entry.confidence,
        source=entry.source,
        assumed=stood_in is not None,
        rule=rule,
        requirements=entry.requirements,
    )
