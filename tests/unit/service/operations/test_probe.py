"""What a container asks itself."""

from __future__ import annotations

import pytest
from tests.standins.loopback import Reply, served

from influencr.service.operations.probe import answers


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(("status", "up"), [(200, True), (503, False), (404, False)])
def test_only_what_says_that_it_is_well_is_up(status: int, up: bool):
    with served(lambda path, query, headers: Reply(status, {}, path.encode())) as address:
        assert answers(f"{address}/health") is up


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_what_does_not_answer_is_down():
    with served(lambda path, query, headers: Reply(200, {}, b"")) as address:
        pass
    assert not answers(f"{address}/health")
