"""The vault of tokens and the lease on refreshing them."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.database import Database
from records.tokens import StoredTokens, TokenVault
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=2)


def _pair(number: int = 1, **changes: Any) -> StoredTokens:
    usual = StoredTokens(
        access_token=f"access-{number}",
        access_expires_at=NOW + timedelta(days=7),
        refresh_token=f"refresh-{number}",
        refresh_expires_at=NOW + timedelta(days=358),
        granted_scopes=("seller.order.info", "seller.customer_service"),
    )
    return dataclasses.replace(usual, **changes)


@pytest.fixture
def vault(records_db: Database) -> TokenVault:
    return TokenVault(records_db)


# Tokens


def test_a_shop_that_was_never_authorised_has_no_tokens(vault: TokenVault) -> None:
    assert vault.load("S1") is None


@pytest.mark.parametrize("pair", [_pair(), _pair(open_id="consent"), _pair(granted_scopes=())])
def test_tokens_come_back_as_they_were_saved(vault: TokenVault, pair: StoredTokens) -> None:
    vault.save("S1", pair)
    assert pair == vault.load("S1")
    assert vault.load("S2") is None


def test_saving_replaces_both_tokens(vault: TokenVault) -> None:
    vault.save("S1", _pair(1))
    vault.save("S1", _pair(2))
    assert _pair(2) == vault.load("S1")


def test_a_repr_shows_no_token() -> None:
    assert "access-1" not in repr(_pair())
    assert "refresh-1" not in repr(_pair())
    assert "seller.order.info" in repr(_pair())


def test_what_is_saved_for_one_shop_of_a_consent_holds_for_all(vault: TokenVault) -> None:
    """Otherwise the second shop is left with a refresh token that may be dead."""
    vault.save("S1", _pair(1, open_id="consent"))
    vault.save("S2", _pair(1, open_id="consent"))
    vault.save("S3", _pair(3, open_id="other"))
    vault.save("S2", _pair(2, open_id="consent"))
    assert _pair(2, open_id="consent") == vault.load("S1") == vault.load("S2")
    assert _pair(3, open_id="other") == vault.load("S3")


def test_a_pair_without_its_consents_name_stays_in_the_consent_of_the_shop(
    vault: TokenVault,
) -> None:
    vault.save("S1", _pair(1, open_id="consent"))
    vault.save("S2", _pair(1, open_id="consent"))
    vault.save("S1", _pair(2))
    assert _pair(2, open_id="consent") == vault.load("S2")


def test_a_shop_authorised_by_another_seller_leaves_its_old_consent(vault: TokenVault) -> None:
    vault.save("S1", _pair(1, open_id="old"))
    vault.save("S2", _pair(1, open_id="old"))
    vault.save("S1", _pair(2, open_id="new"))
    assert _pair(2, open_id="new") == vault.load("S1")
    assert _pair(1, open_id="old") == vault.load("S2")


def test_a_pair_is_never_mixed_from_two_savers(records_url: str) -> None:
    def save(db: Database, number: int) -> None:
        for _ in range(5):
            TokenVault(db).save("S1", _pair(number, open_id="consent"))

    in_threads(records_url, save)
    db = Database.open(records_url)
    found = TokenVault(db).load("S1")
    db.close()
    assert found is not None
    assert found.access_token.removeprefix("access-") == found.refresh_token.removeprefix(
        "refresh-"
    )


# The lease


@pytest.mark.parametrize(
    ("expected", "holder", "after"),
    [
        (True, "one", timedelta(0)),
        (False, "two", timedelta(0)),
        (False, "two", timedelta(seconds=119)),
        (True, "two", timedelta(seconds=120)),
    ],
)
def test_a_taken_lease_is_its_holders_until_it_ends(
    vault: TokenVault,
    expected: bool,  # noqa: FBT001 (a table)
    holder: str,
    after: timedelta,
) -> None:
    assert vault.acquire_refresh("S1", "one", NOW, SOON)
    now = NOW + after
    assert expected is vault.acquire_refresh("S1", holder, now, now + timedelta(minutes=2))


def test_a_lease_that_was_given_back_is_free(vault: TokenVault) -> None:
    vault.acquire_refresh("S1", "one", NOW, SOON)
    vault.release_refresh("S1", "one")
    vault.release_refresh("S1", "one")
    assert vault.acquire_refresh("S1", "two", NOW, SOON)


def test_who_lost_the_lease_cannot_give_it_back_for_the_next_holder(vault: TokenVault) -> None:
    vault.acquire_refresh("S1", "one", NOW, SOON)
    vault.acquire_refresh("S1", "two", SOON, SOON + timedelta(minutes=2))
    vault.release_refresh("S1", "one")
    assert not vault.acquire_refresh("S1", "three", SOON, SOON + timedelta(minutes=2))


def test_the_lease_covers_every_shop_of_the_consent_also_for_one_holder(
    vault: TokenVault,
) -> None:
    """One process that renews two shops of a consent would use up one refresh token twice."""
    for shop_id in ("S1", "S2"):
        vault.save(shop_id, _pair(open_id="consent"))
    assert vault.acquire_refresh("S1", "one", NOW, SOON)
    assert not vault.acquire_refresh("S2", "one", NOW, SOON)
    assert vault.acquire_refresh("S3", "two", NOW, SOON)
    vault.release_refresh("S1", "one")
    assert vault.acquire_refresh("S2", "one", NOW, SOON)


def test_a_lease_is_given_back_though_the_refresh_named_the_consent_first(
    vault: TokenVault,
) -> None:
    vault.acquire_refresh("S1", "one", NOW, SOON)
    vault.save("S1", _pair(open_id="consent"))
    vault.release_refresh("S1", "one")
    assert vault.acquire_refresh("S1", "two", NOW, SOON)


@pytest.mark.parametrize("ended", [False, True])
def test_of_many_who_want_the_lease_at_once_one_gets_it(
    records_url: str,
    ended: bool,  # noqa: FBT001 (a table)
) -> None:
    if ended:
        db = Database.open(records_url)
        TokenVault(db).acquire_refresh("S1", "dead", NOW - timedelta(hours=1), NOW)
        db.close()
    answers = in_threads(
        records_url,
        lambda own, number: TokenVault(own).acquire_refresh("S1", f"holder {number}", NOW, SOON),
    )
    assert 1 == sum(answers)
