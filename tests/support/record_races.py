"""Races on one records store: the same act from several threads or processes at once."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from domain.evidence import CustodyAction
from domain.money import Money
from domain.playbook import BudgetRules, OfferBudget, OfferCap, OfferKind, OfferRung
from records.budgets import OfferAsk, OfferReservations
from records.cases import CaseOpenings
from records.database import Database
from records.errors import ReopenRefusedError
from records.refunds import RefundLimits, RefundReservations, ReservationState
from vault.store import Vault

T = TypeVar("T")
PROCESSES = 3
_START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
_barrier: list[threading.Barrier] = []


def in_threads(url: str, act: Callable[[Database, int], T], *, count: int = 8) -> list[T]:
    """Run *act* in *count* threads at once, each with a store of its own."""
    barrier = threading.Barrier(count)

    def one(number: int) -> T:
        db = Database.open(url)
        try:
            barrier.wait(timeout=30)
            return act(db, number)
        finally:
            db.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def in_processes(url: str, act: Callable[[Database, int], T]) -> list[T]:
    """Run *act*, a function of this module, in several processes at once."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(
        PROCESSES, mp_context=context, initializer=_remember, initargs=(barrier,)
    ) as pool:
        runs = [pool.submit(_run, url, act, number) for number in range(PROCESSES)]
        return [run.result(timeout=60) for run in runs]


def migrate(db: Database, _number: int) -> bool:
    """Bring the tables up."""
    db.migrate()
    return True


def reserve_twenty(db: Database, number: int) -> int:
    """Ask for twenty refunds under a limit of ten an hour; return how many were granted."""
    reservations = RefundReservations(db)
    answers = [
        reservations.reserve(
            f"refund-{number}-{n}",
            shop_id="shop",
            case_id=f"case-{number}-{n}",
            amount=Money(amount_minor=100, currency="USD"),
            at=_START,
            limits=RefundLimits(max_per_hour=10),
        )
        for n in range(20)
    ]
    return sum(answer.state is ReservationState.GRANTED for answer in answers)


def offer_twenty(db: Database, number: int) -> int:
    """Ask for twenty gifts under a cap of ten a day; return how many were granted."""
    offers = OfferReservations(db)
    gift = OfferRung(kind=OfferKind.GIFT, gift="a pair of socks")
    ten_a_day = BudgetRules(gift=OfferBudget(per_day=OfferCap(count=10)))
    answers = [
        offers.reserve(
            f"offer-{number}-{n}",
            OfferAsk(
                shop_id="shop",
                case_id=f"case-{number}-{n}",
                incident_id=None,
                day=_START.date(),
                currency="USD",
                at=_START,
            ),
            rungs=(gift,),
            budget=ten_a_day,
        )
        for n in range(20)
    ]
    return sum(answer.rung is not None for answer in answers)


def reopen(db: Database, number: int) -> str | None:
    """Reopen the case "case"; return the id, None if refused."""
    try:
        return CaseOpenings(db).reopen(
            "case", reason="again", actor="mei", at=_START, request_id=f"request-{number}"
        )
    except ReopenRefusedError:
        return None


def view_often(db: Database, number: int) -> list[str]:
    """Enter five views in the custody chain of "case"; return the hashes of the entries.

    The vault's folder is that of the variable `VAULT_OF_RACES`, which the processes inherit.
    """
    folder = Path(os.environ["VAULT_OF_RACES"])
    vault = Vault.open(db, folder_or_url=folder / "evidence", keys_folder=folder / "keys")
    return [
        vault.record(
            "case", CustodyAction.VIEW, actor=f"person {number}", purpose=str(turn), at=_START
        ).entry_hash
        for turn in range(5)
    ]


def _remember(barrier: threading.Barrier) -> None:
    _barrier.append(barrier)


def _run(url: str, act: Callable[[Database, int], T], number: int) -> T:
    db = Database.open(url)
    try:
        _barrier[0].wait(timeout=30)
        return act(db, number)
    finally:
        db.close()
