"""Time stamps of a third party over the heads of chains, and an authority that is down."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.evidence import CustodyAction
from records.database import Database
from tests.support.time_authority import STAMPED, TimeAuthority
from tests.support.vault_files import CASE, NOON, open_vault
from vault.anchors import Authority, stamp
from vault.errors import AnchorError
from vault.store import Vault

pytest_plugins = ("tests.support.record_stores",)

URL = "https://tsa.example/stamp"


def _vault(db: Database, folder: Path, authority: TimeAuthority, *, trusted: bool = True) -> Vault:
    roots = authority.root if trusted else b""
    return open_vault(db, folder, authority=Authority(url=URL, post=authority.post, roots=roots))


def _view(vault: Vault, case_id: str = CASE) -> None:
    vault.record(case_id, CustodyAction.VIEW, actor="mei", purpose="look", at=NOON)


@pytest.mark.parametrize("with_rsa", [False, True])
def test_a_head_is_stamped_once_by_a_third_party(
    records_db: Database,
    tmp_path: Path,
    with_rsa: bool,  # noqa: FBT001 (a case of the test)
) -> None:
    authority = TimeAuthority(with_rsa=with_rsa)
    vault = _vault(records_db, tmp_path, authority)
    _view(vault)
    first, again = vault.anchor(CASE), vault.anchor(CASE)

    assert first is not None
    assert first == again
    assert (STAMPED, URL, None) == (first.stamped_at, first.authority, first.problem)
    assert [URL] == authority.asked
    report = vault.verify_case(CASE)
    assert (True, 1) == (report.whole, report.anchored_until)


def test_a_chain_that_grew_is_stamped_anew_and_the_token_lies_beside_it(
    records_db: Database, tmp_path: Path
) -> None:
    vault = _vault(records_db, tmp_path, TimeAuthority())
    _view(vault)
    vault.anchor(CASE)
    _view(vault)
    assert 2 == len(vault.custody(CASE))
    vault.anchor(CASE)

    assert [1, 2] == [anchor.sequence for anchor in vault.anchors(CASE)]
    assert 2 == len(vault.custody(CASE))
    assert 2 == vault.verify_case(CASE).anchored_until


def test_an_earlier_head_can_be_stamped_when_the_chain_has_grown(
    records_db: Database, tmp_path: Path
) -> None:
    vault = _vault(records_db, tmp_path, TimeAuthority())
    _view(vault)
    _view(vault)
    anchor = vault.anchor(CASE, sequence=1)

    assert anchor is not None
    assert 1 == anchor.sequence
    assert vault.anchor(CASE, sequence=9) is None


def test_without_an_authority_or_entries_nothing_is_stamped(
    records_db: Database, tmp_path: Path
) -> None:
    vault = open_vault(records_db, tmp_path)
    _view(vault)
    assert vault.anchor(CASE) is None
    assert _vault(records_db, tmp_path, TimeAuthority()).anchor("case without entries") is None
    assert [] == vault.anchors(CASE)


def test_an_authority_that_is_down_holds_nothing_up_and_is_asked_again(
    records_db: Database, tmp_path: Path
) -> None:
    def down(_url: str, _query: bytes) -> bytes:
        raise ConnectionError("no route\nto host")

    vault = open_vault(records_db, tmp_path, authority=Authority(url=URL, post=down))
    _view(vault)
    for _ in range(2):
        failed = vault.anchor(CASE)
        assert failed is not None
        assert (None, None) == (failed.token, failed.stamped_at)
        assert "ConnectionError: no route to host" == failed.problem
    assert [CASE] == vault.unanchored()
    assert (True, 0) == (vault.verify_case(CASE).whole, vault.verify_case(CASE).anchored_until)

    authority = TimeAuthority()
    vault = _vault(records_db, tmp_path, authority)
    _view(vault)
    stamped = vault.anchor(CASE)
    assert stamped is not None
    assert (2, STAMPED) == (stamped.sequence, stamped.stamped_at)
    assert [] == vault.unanchored()
    assert [False, False, True] == [one.token is not None for one in vault.anchors(CASE)]


def _other_question(authority: TimeAuthority) -> Callable[[str, bytes], bytes]:
    kept: list[bytes] = []

    def post(_url: str, query: bytes) -> bytes:
        kept.append(query)
        return authority.answer(kept[0])

    return post


def _refused(_url: str, _query: bytes) -> bytes:
    # TimeStampResp of status 2 (rejection) with the words "busy"
    return bytes.fromhex("300d300b0201023006 0c0462757379".replace(" ", ""))


@pytest.mark.parametrize(
    ("post", "words"),
    [
        (lambda _url, _query: b"<html>502</html>", "answered no time-stamp response"),
        (lambda _url, _query: b"", "answered no time-stamp response"),
        (_refused, "granted no time stamp: busy"),
    ],
    ids=["page", "nothing", "rejected"],
)
def test_an_answer_that_is_no_token_is_told(
    post: Callable[[str, bytes], bytes], words: str
) -> None:
    with pytest.raises(AnchorError, match=words):
        stamp(b"head", Authority(url=URL, post=post))


def test_the_answer_to_another_question_is_no_token_of_ours() -> None:
    """Somebody who recorded an answer cannot play it again."""
    authority = Authority(url=URL, post=_other_question(TimeAuthority()))
    stamp(b"head", authority)
    with pytest.raises(AnchorError, match="another request than ours"):
        stamp(b"head", authority)


def test_a_token_of_another_authority_is_refused_where_roots_are_trusted() -> None:
    authority = Authority(url=URL, post=TimeAuthority().post, roots=TimeAuthority().root)
    with pytest.raises(AnchorError, match="does not lead to a trusted authority"):
        stamp(b"head", authority)


def test_a_certificate_for_something_else_makes_no_time_stamps() -> None:
    impostor = TimeAuthority(stamps=False)
    authority = Authority(url=URL, post=impostor.post, roots=impostor.root)
    with pytest.raises(AnchorError, match="does not lead to a trusted authority"):
        stamp(b"head", authority)


def test_without_trusted_roots_a_token_is_kept_as_it_is(
    records_db: Database, tmp_path: Path
) -> None:
    vault = _vault(records_db, tmp_path, TimeAuthority(), trusted=False)
    _view(vault)
    anchor = vault.anchor(CASE)
    assert anchor is not None
    assert anchor.token is not None


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_token_under_another_head_is_named(records_db: Database, tmp_path: Path) -> None:
    vault = _vault(records_db, tmp_path, TimeAuthority(at=STAMPED - timedelta(days=1)))
    _view(vault)
    _view(vault)
    vault.anchor(CASE)
    with records_db.begin() as session:
        session.execute(text("DROP TRIGGER custody_anchors_refuses_update"))
        session.execute(text("UPDATE custody_anchors SET sequence = 1"))
    assert ["the time stamp of entry 1: the time stamp is for something else than this head"] == (
        vault.verify_case(CASE).problems
    )
    with records_db.begin() as session:
        session.execute(text("UPDATE custody_anchors SET sequence = 9"))
    assert ["the time stamp of entry 9: its entry is missing"] == vault.verify_case(CASE).problems
