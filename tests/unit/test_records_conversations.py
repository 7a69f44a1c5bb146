"""The index from conversations to open cases."""

from datetime import UTC, datetime, timedelta

import pytest

from records.conversations import ConversationIndex, IndexedCase, WhichOrderAsk
from records.database import Database
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
TALK = "conversation-7"


@pytest.fixture
def index(records_db: Database) -> ConversationIndex:
    return ConversationIndex(records_db)


def _add(index: ConversationIndex, case_id: str, *, talk: str = TALK, at: datetime = NOW) -> None:
    index.index(
        talk,
        shop_id="S1",
        case_id=case_id,
        order_id=f"order of {case_id}",
        buyer_user_id="buyer",
        at=at,
    )


def _asks(index: ConversationIndex) -> dict[str, int | None]:
    return {case.case_id: case.asked_index for case in index.cases_of(TALK)}


# Which cases


def test_a_conversation_nobody_indexed_has_no_cases(index: ConversationIndex) -> None:
    assert [] == index.cases_of(TALK)


def test_an_indexed_case_is_found_by_its_conversation(index: ConversationIndex) -> None:
    _add(index, "a")
    expected = IndexedCase(
        case_id="a",
        shop_id="S1",
        order_id="order of a",
        buyer_user_id="buyer",
        asked_index=None,
        asked_at=None,
    )
    assert [expected] == index.cases_of(TALK)
    assert [] == index.cases_of("another")


def test_cases_of_a_conversation_come_in_the_order_they_were_indexed(
    index: ConversationIndex,
) -> None:
    for case_id, minutes in (("c", 0), ("a", 2), ("b", 1)):
        _add(index, case_id, at=NOW + timedelta(minutes=minutes))
    assert ["c", "b", "a"] == [case.case_id for case in index.cases_of(TALK)]


def test_indexing_again_changes_nothing_and_forgets_no_ask(index: ConversationIndex) -> None:
    _add(index, "a")
    index.asked(TALK, "a", 5, at=NOW)
    _add(index, "a", at=NOW + timedelta(hours=1))
    assert {"a": 5} == _asks(index)


def test_a_case_may_write_in_two_conversations(index: ConversationIndex) -> None:
    _add(index, "a")
    _add(index, "a", talk="second")
    assert ["a"] == [case.case_id for case in index.cases_of("second")]
    index.forget("a")
    assert [] == index.cases_of(TALK) + index.cases_of("second")


def test_a_forgotten_case_leaves_the_others(index: ConversationIndex) -> None:
    _add(index, "a")
    _add(index, "b")
    index.forget("a")
    index.forget("a")
    assert ["b"] == [case.case_id for case in index.cases_of(TALK)]


def test_one_case_indexed_by_many_at_once_is_there_once(records_url: str) -> None:
    in_threads(records_url, lambda db, _number: _add(ConversationIndex(db), "a"))
    db = Database.open(records_url)
    assert {"a": None} == _asks(ConversationIndex(db))
    db.close()


# Open asks


@pytest.mark.parametrize(
    ("expected", "reports"),
    [
        (None, []),
        (5, [5]),
        (0, [0]),
        (9, [5, 9]),
        (9, [9, 5]),
        (5, [5, 5]),
        (None, [5, "settled"]),
        (None, ["settled"]),
        (None, [5, "settled", 5]),
        (None, [5, 9, "settled", 5]),
        (9, [5, "settled", 9]),
        (12, [5, "settled", 9, 12]),
    ],
)
def test_the_open_ask_is_the_newest_that_was_not_settled(
    index: ConversationIndex, expected: int | None, reports: list[int | str]
) -> None:
    """A late repeat of a report must not open a settled ask again."""
    _add(index, "a")
    for report in reports:
        if isinstance(report, int):
            index.asked(TALK, "a", report, at=NOW)
        else:
            index.settled("a")
    assert {"a": expected} == _asks(index)


def test_an_open_ask_says_when_it_was_asked(index: ConversationIndex) -> None:
    _add(index, "a")
    index.asked(TALK, "a", 5, at=NOW)
    index.asked(TALK, "a", 9, at=NOW + timedelta(hours=1))
    index.asked(TALK, "a", 7, at=NOW + timedelta(hours=2))
    assert [NOW + timedelta(hours=1)] == [case.asked_at for case in index.cases_of(TALK)]
    index.settled("a")
    assert [None] == [case.asked_at for case in index.cases_of(TALK)]


@pytest.mark.parametrize(
    ("expected", "case_id", "message_index"),
    [(True, "a", 6), (False, "a", 5), (False, "a", 4), (False, "never indexed", 6)],
)
def test_asking_answers_whether_the_ask_is_a_newer_one_of_an_indexed_case(
    index: ConversationIndex,
    expected: bool,  # noqa: FBT001 (a table)
    case_id: str,
    message_index: int,
) -> None:
    _add(index, "a")
    index.asked(TALK, "a", 5, at=NOW)
    assert expected is index.asked(TALK, case_id, message_index, at=NOW)


def test_the_asks_of_two_cases_in_one_conversation_are_apart(index: ConversationIndex) -> None:
    _add(index, "a")
    _add(index, "b")
    index.asked(TALK, "a", 5, at=NOW)
    index.asked(TALK, "b", 8, at=NOW)
    index.settled("a")
    assert {"a": None, "b": 8} == _asks(index)


def test_asks_reported_by_many_at_once_leave_the_highest(records_url: str) -> None:
    db = Database.open(records_url)
    _add(ConversationIndex(db), "a")
    in_threads(
        records_url, lambda own, number: ConversationIndex(own).asked(TALK, "a", number, at=NOW)
    )
    assert {"a": 7} == _asks(ConversationIndex(db))
    db.close()


# Which order do you mean


def test_only_the_first_caller_asks_which_order(index: ConversationIndex) -> None:
    assert index.mark_which_order_asked(TALK, at=NOW, after_index=9)
    assert not index.mark_which_order_asked(TALK, at=NOW, after_index=9)
    assert not index.mark_which_order_asked(TALK, at=NOW, after_index=11)
    assert index.mark_which_order_asked("another", at=NOW, after_index=1)


@pytest.mark.parametrize(
    ("expected", "asker", "after_index"),
    [(True, "a", 9), (False, "b", 9), (False, "a", 11), (False, None, 9)],
)
def test_the_asker_who_repeats_itself_is_told_again_that_it_asks(
    index: ConversationIndex,
    expected: bool,  # noqa: FBT001 (a table)
    asker: str | None,
    after_index: int,
) -> None:
    """It may have crashed between the claim and the message."""
    index.mark_which_order_asked(TALK, at=NOW, after_index=9, asker="a")
    again = index.mark_which_order_asked(TALK, at=NOW, after_index=after_index, asker=asker)
    assert expected is again


def test_the_standing_question_can_be_read_until_it_is_cleared(index: ConversationIndex) -> None:
    assert index.which_order_asked(TALK) is None
    index.mark_which_order_asked(TALK, at=NOW, after_index=9, asker="a")
    expected = WhichOrderAsk(conversation_id=TALK, asker="a", asked_at=NOW, after_index=9)
    assert expected == index.which_order_asked(TALK)
    index.clear_which_order(TALK)
    assert index.which_order_asked(TALK) is None


def test_after_an_answer_the_question_may_be_asked_anew(index: ConversationIndex) -> None:
    index.mark_which_order_asked(TALK, at=NOW, after_index=9)
    index.clear_which_order(TALK)
    index.clear_which_order(TALK)
    assert index.mark_which_order_asked(TALK, at=NOW, after_index=14)


def test_the_question_goes_with_the_last_case_of_its_conversation(
    index: ConversationIndex,
) -> None:
    _add(index, "a")
    _add(index, "b")
    index.mark_which_order_asked(TALK, at=NOW, after_index=9)
    index.forget("a")
    assert index.which_order_asked(TALK) is not None
    index.forget("b")
    assert index.which_order_asked(TALK) is None


def test_of_many_who_would_ask_at_once_one_asks(records_url: str) -> None:
    def mark(db: Database, number: int) -> bool:
        return ConversationIndex(db).mark_which_order_asked(
            TALK, at=NOW, after_index=9, asker=f"case {number}"
        )

    assert 1 == sum(in_threads(records_url, mark))
