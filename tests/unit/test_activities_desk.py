"""The desk: rules pinned, texts written, replies read for the right case, people called."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.desk import DeskActivities
from activities.messages import MessageWriter
from activities.people import PeopleChannel
from activities.playbooks import PlaybookShelf
from activities.troubles import NEEDS_PERSON
from casedesk.settings import ROOT
from domain.choices import Choice
from domain.messages import MessageKey
from domain.replies import ReadingReason
from records.conversations import ConversationIndex
from records.database import Database
from records.shops import ShopDirectory, ShopRecord
from tests.support.activity_runs import failure, run
from tests.support.message_facts import facts
from workflows.ports import CallPeople, PinCase, ReadReply, ReplyRead, WriteMessage

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TALK = "conversation-7"
SHELF = PlaybookShelf(ROOT / "playbooks")
WRITER = MessageWriter(ROOT / "playbooks" / "messages")
FIRST, SECOND, THIRD = "576461413038111111", "576461413038222222", "576461413038333333"


@pytest.fixture
def desk(records_db: Database) -> "Desk":
    return Desk(records_db)


class Desk:
    """The desk's activities and what they keep."""

    def __init__(self, db: Database, people: str | None = None) -> None:
        self.index = ConversationIndex(db)
        self.shops = ShopDirectory(db)
        self.activities = DeskActivities(
            shelf=SHELF,
            writer=WRITER,
            shops=self.shops,
            conversations=self.index,
            people=PeopleChannel(people),
        )

    def ask(self, *orders: str, at: int = 5) -> None:
        """Index cases of a conversation, their asks open."""
        for order_id in orders:
            self.index.index(
                TALK,
                shop_id="S1",
                case_id=f"case of {order_id}",
                order_id=order_id,
                buyer_user_id="buyer",
                at=NOW,
            )
            self.index.asked(TALK, f"case of {order_id}", at, at=NOW)

    async def read(
        self, order_id: str, text: str, *, index: int | None = 6, at: datetime = NOW
    ) -> ReplyRead:
        """Read a text for the case of an order."""
        cmd = ReadReply(
            case_id=f"case of {order_id}",
            order_id=order_id,
            conversation_id=TALK,
            text=text,
            index=index,
            offered=tuple(Choice),
            language=None,
            at=at,
        )
        return await run(self.activities.read_reply, cmd)

    def waiting(self) -> set[str]:
        """Return the orders whose ask stands open."""
        return {c.order_id for c in self.index.cases_of(TALK) if c.asked_index is not None}


# Replies


async def test_a_text_without_a_conversation_is_for_the_case_that_got_it(desk: Desk) -> None:
    desk.ask(FIRST, SECOND)
    cmd = ReadReply(
        case_id=f"case of {FIRST}",
        order_id=FIRST,
        conversation_id=None,
        text="C",
        offered=(Choice.REFUND,),
        language=None,
        at=NOW,
    )

    read = await run(desk.activities.read_reply, cmd)

    assert (Choice.REFUND, True, False) == (read.reading.choice, read.mine, read.unclear_whose)


async def test_an_answer_closes_the_ask_so_that_the_next_one_finds_the_other(desk: Desk) -> None:
    desk.ask(FIRST, SECOND)

    named = await desk.read(FIRST, "111111 C")
    assert named.mine
    assert {SECOND} == desk.waiting()

    other = await desk.read(SECOND, "A", index=7)
    assert (True, False) == (other.mine, other.unclear_whose)
    assert not desk.waiting()


async def test_a_text_that_chooses_nothing_leaves_the_ask_open(desk: Desk) -> None:
    desk.ask(FIRST)

    await desk.read(FIRST, "what is B?")

    assert {FIRST} == desk.waiting()


async def test_a_text_for_another_order_settles_nothing_here(desk: Desk) -> None:
    desk.ask(FIRST, SECOND)

    read = await desk.read(FIRST, "222222 C")

    assert not read.mine
    assert {FIRST, SECOND} == desk.waiting()


async def test_one_case_alone_asks_which_order_is_meant(desk: Desk) -> None:
    desk.ask(FIRST, SECOND)

    first = await desk.read(FIRST, "C")
    second = await desk.read(SECOND, "C")

    assert (True, True) == (first.unclear_whose, second.unclear_whose)
    assert (True, False) == (first.ask_which, second.ask_which)
    assert ("111111", "222222") == first.waiting_digits
    assert {FIRST, SECOND} == desk.waiting()


async def test_the_case_that_asks_is_told_so_again_when_the_activity_repeats(desk: Desk) -> None:
    desk.ask(FIRST, SECOND)

    assert [True, True] == [(await desk.read(FIRST, "C")).ask_which for _ in range(2)]


@pytest.mark.parametrize("answer", ["111111", "all"])
async def test_an_answered_question_may_be_asked_anew(desk: Desk, answer: str) -> None:
    desk.ask(FIRST, SECOND)
    await desk.read(FIRST, "C")

    await desk.read(FIRST, answer, index=8)

    assert desk.index.which_order_asked(TALK) is None


async def test_all_is_an_answer_for_every_order(desk: Desk) -> None:
    desk.ask(FIRST, SECOND)
    await desk.read(FIRST, "C")

    both = [await desk.read(order_id, "all", index=8) for order_id in (FIRST, SECOND)]

    assert [(True, False)] * 2 == [(read.mine, read.unclear_whose) for read in both]


async def test_a_second_answer_that_names_no_order_is_for_a_person_in_every_case(
    desk: Desk,
) -> None:
    desk.ask(FIRST, SECOND)
    for order_id in (FIRST, SECOND):
        await desk.read(order_id, "C")

    again = [await desk.read(order_id, "I said C", index=8) for order_id in (FIRST, SECOND)]

    assert [(True, False)] * 2 == [(read.for_person, read.ask_which) for read in again]


async def test_without_places_only_the_case_that_asked_knows_a_second_answer(desk: Desk) -> None:
    desk.ask(FIRST, SECOND)
    await desk.read(FIRST, "C", index=None)
    later = NOW + timedelta(minutes=1)

    mine = await desk.read(FIRST, "C", index=None, at=later)
    others = await desk.read(SECOND, "C", index=None, at=later)

    assert (True, False) == (mine.for_person, others.for_person)
    assert not others.ask_which


async def test_a_case_whose_ask_is_closed_keeps_out_of_the_others_question(desk: Desk) -> None:
    desk.ask(FIRST, SECOND, THIRD)
    desk.index.settled(f"case of {THIRD}")

    assert not (await desk.read(THIRD, "C")).mine


# Rules


def _pin(shop_id: str = "S1", playbook: str | None = None) -> PinCase:
    return PinCase(shop_id=shop_id, playbook=playbook, as_of=NOW)


def _shop(region: str = "US", contact_mode: str = "chat") -> ShopRecord:
    return ShopRecord(
        shop_id="S1",
        name="Shop",
        region=region,
        cipher="cipher",
        contact_mode=contact_mode,
        checked_at=NOW,
    )


@pytest.mark.parametrize(("mode", "chat"), [("chat", True), ("assisted", False)])
async def test_a_case_pins_market_calendar_playbook_and_contact(
    desk: Desk,
    mode: str,
    chat: bool,  # noqa: FBT001  # a parameter
) -> None:
    desk.shops.put(_shop(contact_mode=mode))

    pinned = await run(desk.activities.pin_case, _pin())

    assert ("US", True, chat, False) == (
        pinned.market,
        pinned.market_known,
        pinned.chat,
        pinned.people,
    )
    assert "standard" == pinned.playbook.name
    assert pinned.working_days.zone == pinned.profile.zone


async def test_an_unknown_market_runs_under_the_strictest_rules_and_says_so(desk: Desk) -> None:
    desk.shops.put(_shop(region="ZZ"))

    pinned = await run(desk.activities.pin_case, _pin())

    assert not pinned.market_known


async def test_a_shop_that_is_not_connected_needs_a_person(desk: Desk) -> None:
    error = await failure(desk.activities.pin_case, _pin("S9"))

    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)
    assert "S9" in error.message


async def test_a_playbook_that_is_not_on_the_shelf_needs_a_person(desk: Desk) -> None:
    desk.shops.put(_shop())

    error = await failure(desk.activities.pin_case, _pin(playbook="generous"))

    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)
    assert "generous" in error.message


# Texts


async def test_the_same_facts_give_the_same_words(desk: Desk) -> None:
    cmd = WriteMessage(facts=facts(MessageKey.ASK), market_language="en")

    first = await run(desk.activities.write_message, cmd)

    assert first.text
    assert first == await run(desk.activities.write_message, cmd, attempt=2)


async def test_facts_that_make_no_message_need_a_person(desk: Desk) -> None:
    bare = facts(MessageKey.ASK).model_copy(update={"products": ()})

    error = await failure(
        desk.activities.write_message, WriteMessage(facts=bare, market_language="en")
    )

    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)


# People


async def test_people_are_called_on_their_channel(records_db: Database) -> None:
    """An unreachable channel is retried; without one nobody is called and nothing fails."""
    call = CallPeople(
        case_id="case", shop_id="S1", step="ask:1", ask="Tell the buyer.", by=NOW, rung=0, at=NOW
    )
    nobody = Desk(records_db)
    away = Desk(records_db, "json://127.0.0.1:9/")

    await run(nobody.activities.call_people, call)
    error = await failure(away.activities.call_people, call)

    assert ("PeopleAway", False) == (error.type, error.non_retryable)


def test_an_address_that_names_no_channel_is_refused() -> None:
    with pytest.raises(ValueError, match="apprise"):
        PeopleChannel("carrier-pigeon")


async def test_the_reason_of_a_reading_reaches_the_case(desk: Desk) -> None:
    desk.ask(FIRST)

    assert ReadingReason.LETTER == (await desk.read(FIRST, "C")).reading.why
