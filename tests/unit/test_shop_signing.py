"""Signatures must be those that independent clients of the platform agree on."""

import json
from pathlib import Path
from typing import Any

import pytest

from tiktok_shop.signing import sign_request

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "request_signing.json").read_text(encoding="utf-8")
)["vectors"]


def _sign(vector: dict[str, Any], **changes: Any) -> str:
    body = vector["body"]
    arguments: dict[str, Any] = {
        "path": vector["path"],
        "query": [(name, value) for name, value in vector["query"]],
        "body": None if body is None else body.encode(),
        "content_type": vector["content_type"],
        "app_secret": vector["app_secret"],
    }
    return sign_request(**(arguments | changes))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_published_vector_is_reproduced(vector: dict[str, Any]) -> None:
    assert vector["sign"] == _sign(vector)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_mapping_signs_like_pairs_in_any_order(vector: dict[str, Any]) -> None:
    backwards = dict(reversed(vector["query"]))
    assert vector["sign"] == _sign(vector, query=backwards)


@pytest.mark.parametrize("name", ["sign", "access_token"])
def test_sign_and_access_token_take_no_part(name: str) -> None:
    vector = VECTORS[0]
    assert vector["sign"] == _sign(vector, query=[*vector["query"], (name, "anything")])


def test_two_bodies_that_mean_the_same_sign_differently() -> None:
    """The exact bytes count, not what they mean."""
    by_id = {vector["id"]: vector for vector in VECTORS}
    assert json.loads(by_id["V02"]["body"]) == json.loads(by_id["V04"]["body"])
    assert _sign(by_id["V02"]) != _sign(by_id["V04"])


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "Multipart/Form-Data; boundary=x", " multipart/form-data;boundary=y"],
)
def test_a_multipart_body_is_recognised_with_any_boundary(content_type: str) -> None:
    by_id = {vector["id"]: vector for vector in VECTORS}
    assert by_id["V09"]["sign"] == _sign(by_id["V09"], content_type=content_type)


def test_an_empty_body_signs_like_none() -> None:
    vector = VECTORS[0]
    assert vector["sign"] == _sign(vector, body=b"")


def test_another_secret_gives_another_signature() -> None:
    assert VECTORS[0]["sign"] != _sign(VECTORS[0], app_secret="other")
