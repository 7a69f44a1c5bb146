"""What `worker.py --check-gateway` says: the merchant's endpoint is asked for nothing."""

import asyncio
from typing import Any

import pytest

import worker
from tests.support.filing_receiver import SECRET, Oddity, a_receiver

OTHER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"
FILING = {"reference": "AP-1", "filed_at": "2026-11-21T09:00:00Z"}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["worker.py", "--check-gateway"])
    monkeypatch.setenv("WENHUO_GATEWAY_SECRET", SECRET)
    monkeypatch.setenv("WENHUO_GATEWAY_TIMEOUT_SECONDS", "0.3")


@pytest.mark.parametrize(
    ("secret", "answers", "trouble"),
    [
        (SECRET, (), ""),
        (OTHER_SECRET, (), "did not accept our signature; compare WENHUO_GATEWAY_SECRET"),
        (SECRET, (Oddity.SILENT,), "the filing gateway: did not answer (ReadTimeout)"),
        (SECRET, ((200, {}, "<html>hello</html>"),), "answered what is no filing"),
        (SECRET, ((302, {"location": "https://b.example"}, None),), "set the final address"),
        (SECRET, ((200, {}, FILING),), "answers with a filing doctor, which nobody filed"),
    ],
)
async def test_an_endpoint_is_asked_and_nothing_is_filed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    secret: str,
    answers: tuple[Any, ...],
    trouble: str,
) -> None:
    monkeypatch.setenv("WENHUO_GATEWAY_SECRET", secret)
    async with a_receiver() as receiver:
        receiver.next("GET", *answers)
        monkeypatch.setenv("WENHUO_GATEWAY_URL", receiver.url)
        status = await asyncio.to_thread(worker.main)

    said = capsys.readouterr().err
    assert (1 if trouble else 0, True) == (status, trouble in said)
    assert secret.removeprefix("whsec_") not in said
    assert (["GET"], 0, {}) == (receiver.methods(), receiver.filed, receiver.packets)


def test_half_a_gateway_is_told_as_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == worker.main()
    assert (
        "WENHUO_GATEWAY_URL: is not set, and WENHUO_GATEWAY_SECRET is" in capsys.readouterr().err
    )
