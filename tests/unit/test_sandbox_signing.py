"""The sandbox's own signature code agrees with independent clients."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.signing import is_signed, request_sign, webhook_sign

_DATA = Path(__file__).resolve().parents[1] / "data"


def _vectors(name: str, part: str = "vectors") -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = json.loads((_DATA / name).read_text(encoding="utf-8"))[part]
    return held


def _identity(vector: dict[str, Any]) -> str:
    return str(vector["id"])


@pytest.mark.parametrize("vector", _vectors("request_signing.json"), ids=_identity)
def test_a_request_is_signed_as_independent_clients_sign_it(vector: dict[str, Any]) -> None:
    assert vector["sign"] == request_sign(
        path=vector["path"],
        query=dict(vector["query"]),
        body=(vector["body"] or "").encode(),
        content_type=vector["content_type"] or "",
        secret=vector["app_secret"],
    )


@pytest.mark.parametrize("vector", _vectors("webhook_signing.json"), ids=_identity)
def test_a_webhook_is_signed_as_the_official_example(vector: dict[str, Any]) -> None:
    assert vector["authorization_header"] == webhook_sign(
        app_key=vector["app_key"],
        secret=vector["app_secret"],
        raw_body=vector["raw_body"].encode(),
    )


@pytest.mark.parametrize("vector", _vectors("webhook_signing.json", "negative"), ids=_identity)
def test_a_changed_webhook_has_another_signature(vector: dict[str, Any]) -> None:
    assert vector["authorization_header"] != webhook_sign(
        app_key=vector["app_key"],
        secret=vector["app_secret"],
        raw_body=vector["raw_body"].encode(),
    )


_PATH = "/order/202309/orders/search"


def _signed(body: bytes) -> dict[str, str]:
    query = {"app_key": "k", "timestamp": "1700000000"}
    sign = request_sign(path=_PATH, query=query, body=body, content_type="", secret="s")
    return query | {"sign": sign}


def _holds(query: dict[str, str], body: bytes) -> bool:
    return is_signed(path=_PATH, query=query, body=body, content_type="", secret="s")


@pytest.mark.parametrize("signed_body", [b"", b"{}"])
def test_an_empty_object_may_be_signed_or_left_out(signed_body: bytes) -> None:
    assert _holds(_signed(signed_body), b"{}")


def test_any_other_body_must_be_signed() -> None:
    assert not _holds(_signed(b""), b'{"a":1}')


def test_an_upper_case_digest_is_refused() -> None:
    query = _signed(b"")
    assert not _holds(query | {"sign": query["sign"].upper()}, b"")


def test_a_signature_with_foreign_letters_is_refused_rather_than_failing() -> None:
    assert not _holds(_signed(b"") | {"sign": "é" * 64}, b"")
