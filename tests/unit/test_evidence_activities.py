"""Evidence as the cases use it: found, listed, pinned, kept once; after the end still named."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from activities.evidence import EvidenceActivities
from activities.evidence_rules import EvidenceShelf
from activities.troubles import NEEDS_PERSON
from casedesk.evidence import with_evidence
from domain.evidence import EvidenceItem
from domain.requirements import RequirementKind as K
from domain.requirements import Scenario, Violation
from records.database import Database
from tests.support.activity_runs import failure, run
from tests.support.deadline_cases import PLAYBOOKS
from tests.support.vault_files import CASE, NOON, blob_files, collected, open_vault
from vault.store import Vault
from workflows.ports import (
    EffectKey,
    EvidenceFound,
    EvidenceOfCases,
    EvidenceRef,
    KeepText,
    PinRequirements,
)

pytest_plugins = ("tests.support.record_stores",)

OTHER = "pickup-case:7001:1152921000000000099"
SCENARIOS = (Scenario.CARRIER_NEVER_CAME, Scenario.CARRIER_NO_ROOM)


class House(NamedTuple):
    """The activities over a vault of their own."""

    db: Database
    folder: Path
    vault: Vault
    activities: EvidenceActivities

    async def find(self, item: EvidenceItem) -> EvidenceFound:
        """Look an item up."""
        ref = EvidenceRef(evidence_id=item.evidence_id)
        return await run(self.activities.find_evidence, ref)

    async def of(self, *case_ids: str) -> list[str]:
        """List the ids of what cases hold."""
        cmd = EvidenceOfCases(case_ids=case_ids)
        found = await run(self.activities.evidence_of_cases, cmd)
        return [one.evidence_id for one in found]


@pytest.fixture
def house(records_db: Database, tmp_path: Path) -> House:
    vault = open_vault(records_db, tmp_path)
    shelf = EvidenceShelf(PLAYBOOKS / "evidence")
    return House(records_db, tmp_path, vault, EvidenceActivities(vault, shelf))


def erased(house: House, item: EvidenceItem) -> EvidenceItem:
    house.vault.erase(item.evidence_id, actor="mei", purpose="asked for", at=NOON)
    return item


def pin(*scenarios: Scenario, **changes: Any) -> PinRequirements:
    given: dict[str, Any] = {
        "market": "TH",
        "violation": Violation.LATE_DISPATCH,
        "scenarios": scenarios or SCENARIOS,
        "on": date(2026, 3, 1),
    }
    return PinRequirements(**given | changes)


# Looking


async def test_what_is_collected_is_found_with_what_it_proves(house: House) -> None:
    item = collected(house.vault, b"a photo of parcels", late=True)

    found = await house.find(item)

    assert found.held is not None
    assert (item.evidence_id, K.READY_PHOTO) == (found.held.evidence_id, found.held.kind)
    assert (CASE, True, item.media_type) == (found.case_id, found.late, found.media_type)
    assert not found.erased


async def test_what_the_vault_does_not_know_is_no_failure(house: House) -> None:
    ref = EvidenceRef(evidence_id="ev-1")

    assert EvidenceFound() == await run(house.activities.find_evidence, ref)


async def test_what_was_erased_is_found_as_erased(house: House) -> None:
    found = await house.find(erased(house, collected(house.vault, b"gone")))

    assert found.erased
    assert found.held is not None


async def test_cases_are_listed_together_without_what_was_erased(house: House) -> None:
    first = collected(house.vault, b"one")
    second = collected(house.vault, b"two", case_id=OTHER, requirement="carrier_chat")
    erased(house, collected(house.vault, b"three"))

    assert [first.evidence_id, second.evidence_id] == await house.of(CASE, OTHER)
    assert [second.evidence_id] == await house.of(OTHER)
    assert [] == await house.of("pickup-case:7001:1")


# Rules


async def test_the_rules_of_a_market_are_pinned_in_the_order_asked_for(house: House) -> None:
    pinned = await run(house.activities.pin_requirements, pin())

    assert SCENARIOS == tuple(each.scenario for each in pinned.sets)
    assert all(each.requirements for each in pinned.sets)


async def test_a_market_without_rules_of_its_own_falls_back_visibly(house: House) -> None:
    pinned = await run(house.activities.pin_requirements, pin(market="BR"))

    assert len(SCENARIOS) == len(pinned.sets)
    assert all(each.assumed for each in pinned.sets)


@pytest.mark.parametrize("text", [None, "sets: 7\n"], ids=["none", "broken"])
async def test_without_rules_a_person_is_needed(
    text: str | None, house: House, tmp_path: Path
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    if text:
        (folder / "TH.yaml").write_text(text)
    activities = EvidenceActivities(house.vault, EvidenceShelf(folder))

    failed = await failure(activities.pin_requirements, pin())

    assert NEEDS_PERSON == failed.type
    assert failed.non_retryable


# Keeping


async def test_a_text_of_ours_is_kept_once(house: House) -> None:
    cmd = KeepText(
        key=EffectKey(case_id=CASE, step="carrier:0", began_at=NOON),
        kind=K.CARRIER_CHAT,
        name="carrier-letter.txt",
        text="When do you come?",
        source="letter",
        at=NOON,
        captured_at=NOON - timedelta(minutes=1),
    )

    first = await run(house.activities.keep_text, cmd)
    again = await run(house.activities.keep_text, cmd, attempt=2)

    assert first == again
    assert NOON - timedelta(minutes=1) == first.captured_at
    assert [first.evidence_id] == await house.of(CASE)
    content = b"".join(house.vault.checked(first.evidence_id, actor="test"))
    assert b"When do you come?" == content
    assert 1 == len(blob_files(house.folder))


# After the end


def test_what_came_after_a_case_was_filed_is_named_in_its_view(house: House) -> None:
    """Rule: the vault takes evidence for a closed case; nobody has to guess that it is there."""
    before = collected(house.vault, b"before")
    view = {"case_id": CASE, "state": "closed", "evidence": ["ev-0", before.evidence_id]}
    assert view == with_evidence(house.db, view)

    late = collected(house.vault, b"afterwards", late=True)
    collected(house.vault, b"another case", case_id=OTHER)

    shown = with_evidence(house.db, view)
    assert ["ev-0", before.evidence_id, late.evidence_id] == shown["evidence"]
    assert {"case_id": CASE, "state": "closed"}.items() <= shown.items()
    assert ["ev-0", before.evidence_id] == view["evidence"]
