"""The queue of contacts that people must make."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.contacts import AssistedContacts, WantedContact
from records.database import Database
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
DUE = NOW + timedelta(hours=6)


@pytest.fixture
def contacts(records_db: Database) -> AssistedContacts:
    return AssistedContacts(records_db)


def _want(
    contacts: AssistedContacts, case_id: str = "a", step: str = "first", **changes: Any
) -> None:
    usual: dict[str, Any] = {
        "shop_id": "S1",
        "order_id": "577",
        "text": "您的订单 …000577 缺货",
        "language": "zh",
        "by": DUE,
        "at": NOW,
    }
    contacts.want(case_id, step, **{**usual, **changes})


def _waiting(contacts: AssistedContacts, shop_id: str | None = None) -> list[tuple[str, str, str]]:
    return [(found.case_id, found.step, found.order_id) for found in contacts.waiting(shop_id)]


def test_nothing_waits_at_first(contacts: AssistedContacts) -> None:
    assert [] == contacts.waiting()


def test_a_wanted_contact_waits_with_all_a_person_needs(contacts: AssistedContacts) -> None:
    _want(contacts)
    expected = WantedContact(
        case_id="a",
        step="first",
        shop_id="S1",
        order_id="577",
        text="您的订单 …000577 缺货",
        language="zh",
        by=DUE,
        at=NOW,
    )
    assert [expected] == contacts.waiting()


def test_the_earliest_due_comes_first_and_a_shop_sees_its_own(
    contacts: AssistedContacts,
) -> None:
    _want(contacts, "late", by=DUE + timedelta(hours=1))
    _want(contacts, "soon", by=DUE - timedelta(hours=1))
    _want(contacts, "any time", by=None)
    _want(contacts, "other shop", shop_id="S2")
    assert ["soon", "other shop", "late", "any time"] == [
        found.case_id for found in contacts.waiting()
    ]
    assert ["soon", "late", "any time"] == [found.case_id for found in contacts.waiting("S1")]
    assert [] == contacts.waiting("S3")


def test_wanting_again_renews_the_text_and_keeps_the_first_instant(
    contacts: AssistedContacts,
) -> None:
    _want(contacts)
    later = NOW + timedelta(hours=1)
    _want(contacts, text="Your order …000577", language="en", by=later, at=later)
    found = contacts.waiting()
    assert [("Your order …000577", "en", later, NOW)] == [
        (one.text, one.language, one.by, one.at) for one in found
    ]


def test_a_settled_contact_waits_no_more_even_when_wanted_again(
    contacts: AssistedContacts,
) -> None:
    """A repeat that comes late must not make a person write to a buyer twice."""
    _want(contacts)
    contacts.settle("a", "first")
    contacts.settle("a", "first")
    _want(contacts)
    assert [] == contacts.waiting()


@pytest.mark.parametrize(
    ("expected", "settled"),
    [
        ([("a", "slip", "1")], ("a", "first")),
        ([("a", "first", "2"), ("a", "slip", "1")], ("a", "first", "1")),
        ([("a", "first", "1"), ("a", "first", "2")], ("a", "slip", "1")),
        ([], ("a",)),
        ([("a", "first", "2")], ("a", None, "1")),
        ([("a", "first", "1"), ("a", "first", "2"), ("a", "slip", "1")], ("b", "first")),
        ([("a", "first", "1"), ("a", "first", "2"), ("a", "slip", "1")], ("b",)),
    ],
)
def test_settling_touches_the_case_or_one_step_or_one_order_of_it(
    contacts: AssistedContacts,
    expected: list[tuple[str, str, str]],
    settled: tuple[Any, ...],
) -> None:
    """A combined package has several orders, each with its own text."""
    _want(contacts, "a", "first", order_id="1")
    _want(contacts, "a", "first", order_id="2")
    _want(contacts, "a", "slip", order_id="1")
    contacts.settle(*settled)
    assert expected == _waiting(contacts)


def test_a_case_that_closes_leaves_nothing_in_the_queue(contacts: AssistedContacts) -> None:
    _want(contacts, "a", "first")
    _want(contacts, "a", "slip")
    _want(contacts, "b")
    contacts.forget("a")
    contacts.forget("a")
    assert [("b", "first", "577")] == _waiting(contacts)


def test_one_contact_wanted_by_many_at_once_waits_once(records_url: str) -> None:
    in_threads(records_url, lambda db, _number: _want(AssistedContacts(db)))
    db = Database.open(records_url)
    assert 1 == len(AssistedContacts(db).waiting())
    db.close()
