"""What incidents changed outside: undone exactly, once, and by the last who needed it."""

from datetime import UTC, datetime, timedelta

import pytest

from records.database import Database
from records.errors import NotOnFileError
from records.incident_changes import (
    ChangeKind,
    ChangeState,
    IncidentChanges,
    OutsideChange,
    Target,
)
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
AD = Target(kind=ChangeKind.AD, id="campaign:17")
SHELF = Target(kind=ChangeKind.INVENTORY, id="900:warehouse-1")


@pytest.fixture
def changes(records_db: Database) -> IncidentChanges:
    return IncidentChanges(records_db)


def pause(changes: IncidentChanges, incident: str = "one", found: str = "ENABLE") -> OutsideChange:
    return changes.plan(incident, AD, before=found, after="DISABLE", at=NOW)


def states(changes: IncidentChanges, incident: str = "one") -> list[ChangeState]:
    return [change.state for change in changes.of_incident(incident)]


def test_a_change_is_written_down_before_it_is_made(changes: IncidentChanges) -> None:
    expected = OutsideChange(
        incident_id="one", target=AD, before="ENABLE", after="DISABLE", state=ChangeState.PLANNED
    )

    assert expected == pause(changes)
    assert [expected] == changes.of_incident("one")


def test_a_repeat_does_not_take_our_own_work_for_what_was_there(changes: IncidentChanges) -> None:
    """After a crash the ad is found paused, by ourselves."""
    pause(changes)
    changes.verified("one", AD, at=NOW)

    again = pause(changes, found="DISABLE")

    assert ("ENABLE", ChangeState.VERIFIED) == (again.before, again.state)


def test_every_warehouse_and_ad_is_a_change_of_its_own(changes: IncidentChanges) -> None:
    pause(changes)
    changes.plan("one", SHELF, before="12", after="0", at=NOW)
    changes.verified("one", SHELF, at=NOW)

    found = changes.of_incident("one")

    assert [(AD, "ENABLE"), (SHELF, "12")] == [(one.target, one.before) for one in found]
    assert [ChangeState.PLANNED, ChangeState.VERIFIED] == [one.state for one in found]
    assert [] == changes.of_incident("two")


def test_what_one_incident_changed_that_incident_undoes(changes: IncidentChanges) -> None:
    pause(changes)
    changes.verified("one", AD, at=NOW)

    ours = changes.let_go("one", AD, at=LATER)

    assert ("ENABLE", ChangeState.RESTORING) == (ours.before, ours.state)
    assert ours == changes.let_go("one", AD, at=LATER)
    changes.restored("one", AD, at=LATER)
    assert [ChangeState.RESTORED] == states(changes)
    assert ChangeState.RESTORED is changes.let_go("one", AD, at=LATER).state


def test_what_two_incidents_need_is_undone_by_the_last_to_what_the_first_found(
    changes: IncidentChanges,
) -> None:
    pause(changes)
    second = pause(changes, "two", found="DISABLE")

    first_ends = changes.let_go("one", AD, at=LATER)
    last_ends = changes.let_go("two", AD, at=LATER)

    assert "ENABLE" == second.before
    assert ChangeState.LEFT is first_ends.state
    assert ("ENABLE", ChangeState.RESTORING) == (last_ends.before, last_ends.state)
    assert ChangeState.LEFT is changes.let_go("one", AD, at=LATER).state


def test_a_change_that_the_outside_refused_is_never_undone(changes: IncidentChanges) -> None:
    pause(changes)
    changes.not_made("one", AD, at=NOW)

    assert ChangeState.NOT_MADE is changes.let_go("one", AD, at=LATER).state


def test_a_refused_change_holds_nothing_for_other_incidents(changes: IncidentChanges) -> None:
    pause(changes)
    pause(changes, "two")
    changes.not_made("one", AD, at=NOW)

    assert ChangeState.RESTORING is changes.let_go("two", AD, at=LATER).state


def test_a_refused_change_that_is_made_after_all_counts_again(changes: IncidentChanges) -> None:
    pause(changes)
    changes.not_made("one", AD, at=NOW)
    changes.verified("one", AD, at=NOW)

    assert ChangeState.RESTORING is changes.let_go("one", AD, at=LATER).state


def test_a_late_repeat_does_not_bring_back_what_was_given_up(changes: IncidentChanges) -> None:
    pause(changes)
    changes.let_go("one", AD, at=LATER)
    changes.verified("one", AD, at=LATER)
    changes.not_made("one", AD, at=LATER)

    assert [ChangeState.RESTORING] == states(changes)


@pytest.mark.parametrize("act", ["verified", "not_made", "let_go", "restored"])
def test_what_was_never_planned_has_no_end(changes: IncidentChanges, act: str) -> None:
    with pytest.raises(NotOnFileError, match="no change one ad campaign:17 is on file"):
        getattr(changes, act)("one", AD, at=NOW)


def test_of_many_who_give_up_at_once_exactly_one_undoes(records_url: str) -> None:
    def plan(db: Database, number: int) -> None:
        pause(IncidentChanges(db), f"incident {number}")

    def give_up(db: Database, number: int) -> ChangeState:
        return IncidentChanges(db).let_go(f"incident {number}", AD, at=LATER).state

    in_threads(records_url, plan)
    found = in_threads(records_url, give_up)

    assert [ChangeState.LEFT] * 7 + [ChangeState.RESTORING] == sorted(found)
