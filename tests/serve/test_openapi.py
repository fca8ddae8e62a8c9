"""The door's description: OpenAPI 3.1, and the door does what it says."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from serializers.events.decode import schema
from tests.conftest import Servers
from tests.redis_servers import RedisServer, binaries
from tests.serve.conftest import Caller, bearer
from tests.serve.test_events import event


@pytest.fixture(scope="session")
def redis_server(servers: Servers) -> RedisServer:
    """One is enough: what is described is no matter of the server's."""
    return servers(list(binaries())[-1])


def test_it_is_openapi_3_1_with_the_events_own_schema(door: Caller) -> None:
    document = door.session.get(f"{door.url}/openapi.json", timeout=30).json()

    assert document["openapi"] == "3.1.0"
    schemas = document["components"]["schemas"]
    assert {"Event", "Receipts", "Problem"} <= schemas.keys()
    validator = Draft202012Validator(document | {"$ref": "#/components/schemas/Event"})
    assert validator.is_valid(json.loads(event("SO-1")))
    assert not validator.is_valid({"specversion": "1.0"})
    assert schemas["Event"]["required"] == schema()["required"]


EXAMPLES = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

#: How many of each operation, by who asks: all but the first are refused at most of
#: them, before anything is read.
COUNTS = (
    ("erp", 8),
    ("bi", 4),
    ("wbt_of_nobody", 3),
    pytest.param("erp", 50, marks=pytest.mark.long),
)


#: Checks that ask for what no schema can state: that another token than the test's is
#: refused, that `subject` is the order's number, that a binary event needs headers.
NOT_CHECKED: Any = [ignored_auth, positive_data_acceptance]


def without_waits(case: schemathesis.Case[Any]) -> None:
    """Have no example take a minute, which the door would wait for results."""
    wait = case.query.get("wait") if case.query else None
    if isinstance(wait, int | float) and 0 < wait <= 60:
        case.query["wait"] = 0


@pytest.mark.parametrize(("holder", "most"), COUNTS)
def test_what_is_answered_is_what_is_described(
    door: Caller, holder: str, most: int
) -> None:
    api = schemathesis.openapi.from_url(f"{door.url}/openapi.json")
    headers = {"Authorization": bearer(holder)}
    operations = [
        found.ok() for found in api.get_all_operations() if isinstance(found, Ok)
    ]
    paths = {one.path for one in operations}
    assert paths >= {"/v1/events", "/v1/orders/{number}", "/v1/orders", "/v1/results"}

    for operation in operations:

        @settings(EXAMPLES, max_examples=most)
        @given(operation.as_strategy())
        def check(case: schemathesis.Case[Any]) -> None:
            without_waits(case)
            case.call_and_validate(
                headers=headers,
                excluded_checks=NOT_CHECKED,
            )

        check()
