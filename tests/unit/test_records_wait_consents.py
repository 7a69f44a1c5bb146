"""The ledger of what buyers agreed to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from records.database import Database
from records.wait_consents import ConsentForm, WaitConsent, WaitConsents
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def consent(**changes: Any) -> WaitConsent:
    usual: dict[str, Any] = {
        "key": "order-case:S:577/consent/1",
        "case_id": "order-case:S:577",
        "shop_id": "S",
        "order_id": "577",
        "promised_at": NOW + timedelta(days=6),
        "shown_text": "我们可以在3月7日前发货。A 等待 / C 退款",
        "language": "zh",
        "how": ConsentForm.EXPRESS,
        "reply_text": " a，好的 ",
        "message_id": "m-1",
        "rule": "the buyer chose to wait",
        "given_at": NOW,
    }
    return WaitConsent(**usual | changes)


@pytest.fixture
def consents(records_db: Database) -> WaitConsents:
    return WaitConsents(records_db)


@pytest.fixture
def filled(records_db: Database) -> Iterator[Database]:
    WaitConsents(records_db).record(consent())
    yield records_db
    assert [consent()] == WaitConsents(records_db).of_case("order-case:S:577")


def test_a_yes_is_kept_word_for_word(consents: WaitConsents) -> None:
    assert consents.record(consent())

    assert [consent()] == consents.of_case("order-case:S:577")


def test_a_repeat_changes_nothing(consents: WaitConsents) -> None:
    consents.record(consent())

    assert not consents.record(consent(reply_text="something else"))
    assert [consent()] == consents.of_case("order-case:S:577")


def test_the_consents_of_a_case_come_in_the_order_in_which_they_were_given(
    consents: WaitConsents,
) -> None:
    silent = {"how": ConsentForm.SILENT, "reply_text": "", "message_id": ""}
    second = consent(key="k0", given_at=NOW + timedelta(days=2), **silent)
    for one in (second, consent(), consent(key="k2", case_id="another")):
        consents.record(one)

    assert [consent(), second] == consents.of_case("order-case:S:577")
    assert [] == consents.of_case("unknown")


def test_of_many_who_enter_one_consent_at_once_one_is_told_it_is_new(records_url: str) -> None:
    answers = in_threads(records_url, lambda db, _n: WaitConsents(db).record(consent()))

    assert 1 == sum(answers)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wait_consents SET reply_text = 'no'",
        "DELETE FROM wait_consents",
        "DELETE FROM wait_consents WHERE key = 'order-case:S:577/consent/1'",
    ],
)
def test_the_database_itself_refuses_every_change(filled: Database, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match="wait_consents is append-only"),
        filled.begin() as session,
    ):
        session.execute(text(statement))


def test_no_row_is_replaced_by_another_of_its_key(filled: Database) -> None:
    """SQLite's REPLACE deletes silently; on PostgreSQL the key is simply taken."""
    verb = "REPLACE" if filled._engine.dialect.name == "sqlite" else "INSERT"
    with pytest.raises(DBAPIError), filled.begin() as session:
        session.execute(text(f"{verb} INTO wait_consents SELECT * FROM wait_consents"))  # noqa: S608 (a verb of ours)
