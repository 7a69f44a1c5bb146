"""Every refusal is one sentence on stderr with its exit status, never a traceback."""

from pathlib import Path

import pytest

from casedesk.intake import write_export_csv
from casedesk.server import free_port
from starter import app
from tests.support.cli import run_command
from tests.support.exports import export_rows, order_id, plain
from tests.support.filing_receiver import SECRET

NO_SERVER = {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
DECISIONS = (
    ("choose", "1", "A"),
    ("contact", "1", "--channel", "phone"),
    ("approve", "1"),
    ("resume", "1", "refund"),
    ("override", "1", "refund", "--reason", "x"),
    ("link", "1", "2"),
    ("restock", "A", "--state", "in_stock"),
    ("take", "1"),
    ("note", "1", "x"),
    ("withdraw", "1"),
    ("reopen", "1", "--reason", "x"),
)
READINGS = (("list",), ("show", "1"), ("timeline", "1"), ("history", "1"), ("tasks",))


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An installation without anything."""
    return {"WENHUO_HOME": str(tmp_path / "home"), "COLUMNS": "80"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export with three orders of one SKU."""
    file = tmp_path / "orders.csv"
    rows = export_rows([plain(number) for number in (1, 2, 3)], market="US")
    write_export_csv(file, rows, market="US")
    return file


@pytest.mark.parametrize("arguments", [*DECISIONS, *READINGS], ids=lambda one: one[0])
def test_without_a_server_every_command_says_where_it_looked(
    arguments: tuple[str, ...], env: dict[str, str]
) -> None:
    said = run_command(*arguments, "--json", env=env | NO_SERVER)
    assert 1 == said.status
    assert 1 == len(said.err.strip().splitlines())
    assert "127.0.0.1:1" in said.err
    assert {"error": said.err.strip()} == said.document


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (("choose", "1", "banana"), "'banana'"),
        (("choose",), "give CASE and CHOICE"),
        (("choose", "1"), "give CASE and CHOICE"),
        (("contact", "1", "--channel", "phone", "--at", "yesterday"), "'yesterday'"),
        (("override", "1", "wait", "--reason", "x", "--until", "2026"), "'2026'"),
        (("restock", "A", "--state", "expected", "--available-at", "soon"), "'soon'"),
        (("open", "oversell", "--sku", "A", "--on-hand", "1"), "--from FILE or --from-shop"),
        (("contacts", "record", "--from", "/no/such"), "/no/such"),
        (("choose", "--from", "/no/such"), "/no/such"),
    ],
)
def test_bad_input_is_told_before_a_server_is_needed(
    arguments: tuple[str, ...], value: str, env: dict[str, str]
) -> None:
    """Status 2, and the offending value in the sentence."""
    said = run_command(*arguments, env=env | NO_SERVER)
    assert (2, "") == (said.status, said.out)
    assert value in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("open", "stockout"),
        ("list", "--state", "banana"),
        ("resume", "1"),
        ("override", "1", "refund"),
        ("open", "oversell", "--sku", "A", "--on-hand", "many"),
    ],
)
def test_bad_usage_is_status_two(arguments: tuple[str, ...], env: dict[str, str]) -> None:
    said = run_command(*arguments, env=env)
    assert (2, "") == (said.status, said.out)
    assert "Error: " in said.err


def test_a_dry_run_from_a_file_needs_no_server_and_no_shop(
    export: Path, env: dict[str, str]
) -> None:
    """It also leaves nothing behind."""
    said = run_command(
        *("open", "oversell", "--from", str(export), "--sku", "JACKET-M", "--on-hand", "1"),
        *("--market", "US", "--dry-run", "--json"),
        env=env | NO_SERVER,
    )
    assert 0 == said.status
    answer = said.document
    assert {"served", "short", "skipped", "opened", "joined", "already_closed"} == set(answer)
    assert (1, 2, 0) == tuple(len(answer[key]) for key in ("served", "short", "skipped"))
    assert [] == answer["opened"] + answer["joined"] + answer["already_closed"]
    assert not Path(env["WENHUO_HOME"]).exists()


def test_notes_go_to_stderr_and_tables_fit_eighty_columns(
    export: Path, env: dict[str, str]
) -> None:
    said = run_command(
        *("open", "oversell", "--from", str(export), "--sku", "JACKET-M", "--on-hand", "1"),
        *("--market", "US", "--dry-run"),
        env=env,
    )
    assert "2 orders are short" in said.err
    assert 80 >= max(len(line) for line in said.out.splitlines())
    assert order_id(1) in said.out


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        (("--sku", "JACKET-X", "--on-hand", "1"), "did you mean JACKET-M"),
        (("--sku", "JACKET-M", "--on-hand", "-1"), "-1 is not a count"),
        (("--sku", "JACKET-M", "--on-hand", "1", "--restock-at", "friday"), "'friday'"),
        (("--sku", "JACKET-M", "--on-hand", "1", "--market", "ZZ"), "'ZZ'"),
    ],
)
def test_a_bad_number_sku_time_or_market_is_named(
    extra: tuple[str, ...], reason: str, export: Path, env: dict[str, str]
) -> None:
    said = run_command("open", "oversell", "--from", str(export), *extra, "--dry-run", env=env)
    assert 2 == said.status
    assert reason in said.err


def test_opening_without_a_connected_shop_says_what_to_run(
    export: Path, env: dict[str, str]
) -> None:
    said = run_command(
        *("open", "oversell", "--from", str(export), "--sku", "JACKET-M", "--on-hand", "1"),
        env=env | NO_SERVER,
    )
    assert 1 == said.status
    assert "starter.py setup" in said.err


def test_a_setting_that_cannot_be_used_is_named_with_its_value(env: dict[str, str]) -> None:
    said = run_command("list", env=env | {"WENHUO_OPEN_CONCURRENCY": "none"})
    assert 2 == said.status
    assert "WENHUO_OPEN_CONCURRENCY" in said.err
    assert "'none'" in said.err


def test_a_secret_setting_is_never_printed(env: dict[str, str]) -> None:
    said = run_command("list", env=env | {"WENHUO_DATABASE_URL": "nothing://u:hunter2@h"})
    assert 2 == said.status
    assert "hunter2" not in said.err


def test_a_full_disk_is_one_sentence(env: dict[str, str]) -> None:
    """/dev/full refuses every write the way a full disk does."""
    said = run_command("contacts", "export", "--format", "csv", "--output", "/dev/full", env=env)
    assert 1 == said.status
    assert "No space left on device" in said.err
    assert 1 == len(said.err.strip().splitlines())


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = run_command("contacts", "export", env={"WENHUO_HOME": str(tmp_path / "file" / "home")})
    assert 0 != said.status
    assert str(tmp_path / "file") in said.err


def test_doctor_without_anything_lists_what_to_do(env: dict[str, str]) -> None:
    """Each broken thing comes with what to do; the command fails."""
    run_command("evidence", "rotate-key", env=env)
    authority = {"WENHUO_TSA_URL": "http://127.0.0.1:1/stamp"}
    server = {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
    gateway = {"WENHUO_GATEWAY_URL": "http://127.0.0.1:1/x", "WENHUO_GATEWAY_SECRET": SECRET}
    said = run_command("doctor", "--json", env=env | authority | server | gateway)
    assert 1 == said.status
    checks = {one["what"]: one for one in said.document["checks"]}
    stamps = checks["time stamps"]
    assert ("notice", "http://127.0.0.1:1/stamp; waiting for a stamp: 1 chains") == (
        stamps["health"],
        stamps["found"],
    )
    assert "`starter.py evidence anchor` asks now" in stamps["to_do"]
    assert "set WENHUO_TSA_ROOTS" in stamps["to_do"]
    assert ("notice", True) == (
        checks["filing gateway"]["health"],
        checks["filing gateway"]["found"].startswith("the filing gateway: did not answer"),
    )
    assert SECRET not in said.out + said.err
    broken = [one for one in said.document["checks"] if one["health"] == "broken"]
    assert {"app", "server", "shops"} == {one["what"] for one in broken}
    assert all(one["to_do"] for one in broken)
    assert not said.document["sound"]


def test_every_command_that_prints_has_json() -> None:
    """`up` prints nothing; everything else can be read by programs."""
    names = {str(command.name) for command in app.registered_commands}
    groups = {"open oversell", "open stockout", "contacts export", "contacts record"}
    for name in (names - {"up"}) | groups:
        assert "--json" in run_command(*name.split(), "--help").out, name


def test_decisions_name_who_decides() -> None:
    for arguments in DECISIONS:
        assert "--actor" in run_command(arguments[0], "--help").out, arguments[0]
