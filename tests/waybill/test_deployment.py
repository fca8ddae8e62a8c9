"""Commands beside a ledger that is another deployment's, and the way to rename one."""

from dataclasses import replace
from typing import Any

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import World
from tests.processes import feed
from tests.waybill.terminal import ABLE, Terminal
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.redis.answers import octets

STAGING: dict[str, Any] = {"WAYBILL_DEPLOYMENT": "staging"}

#: Every command that changes something in Redis.
ACTING = (
    ("publish", "-"),
    ("dead-letters", "replay", "--all"),
    ("dead-letters", "discard", "delivery:L1", "--reason=x"),
    ("endpoints", "disable", "acme"),
    ("endpoints", "enable", "acme"),
    ("doctor", "--accept-gap"),
    ("doctor", "--accept-restore"),
)
READING = (
    ("status",),
    ("explain", "SO-1"),
    ("dead-letters", "list"),
    ("endpoints", "list"),
)


@pytest.fixture
def production(ledger: World) -> World:
    """A ledger that belongs to production, with a dead letter."""
    ledger.redis.config_set("appendonly", "yes")
    acts.dead(ledger, acts.link())
    ledger.redis.set(keys.DEPLOYMENT, "production")
    return ledger


def contents(client: redis.Redis) -> dict[bytes, bytes]:
    return {key: octets(client.dump(key)) for key in client.scan_iter()}


@pytest.mark.parametrize("command", ACTING, ids=" ".join)
@pytest.mark.parametrize("name", ["staging", ""])
def test_what_would_change_anothers_ledger_is_refused(
    production: World, waybill: Terminal, command: tuple[str, ...], name: str
) -> None:
    before = contents(production.redis)

    event = feed.placed("70000001")
    result = waybill(*command, stdin=event, WAYBILL_DEPLOYMENT=name)

    assert result.exit_code == 2, result.output
    assert "belongs to deployment production" in result.stderr
    assert contents(production.redis) == before


@pytest.mark.parametrize("command", ACTING, ids=" ".join)
def test_its_own_deployment_acts_without_a_warning(
    production: World, waybill: Terminal, command: tuple[str, ...]
) -> None:
    event = feed.placed("70000001")
    result = waybill(*command, stdin=event, WAYBILL_DEPLOYMENT="production")

    assert result.exit_code == 0, result.output
    assert "deployment" not in result.output
    assert contents(production.redis)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_who_only_reads_is_warned(
    production: World, waybill: Terminal, command: tuple[str, ...]
) -> None:
    result = waybill(*command, **STAGING)

    assert "warning: the ledger in this Redis belongs to" in result.stderr
    assert "warning" not in result.stdout
    assert "warning" not in waybill(*command, WAYBILL_DEPLOYMENT="production").output
    assert production.redis.get(keys.DEPLOYMENT) == b"production"


def test_publishing_needs_no_more_than_xadd(
    production: World, waybill: Terminal
) -> None:
    rules = ["reset", "on", ">pw", "~orders:events", "+xadd", "+select"]
    client: Any = production.redis
    client.execute_command("ACL", "SETUSER", "erp", *rules)
    url = waybill.environ["WAYBILL_REDIS_URL"].replace("//", "//erp:pw@")

    shown = waybill(
        "publish", "-", stdin=feed.placed("70000001"), WAYBILL_REDIS_URL=url, **STAGING
    )

    assert shown.exit_code == 0, shown.output
    assert "whose ledger this is was not checked" in shown.stderr


@pytest.mark.parametrize("other", ["staging", ""])
def test_a_worker_of_another_deployment_is_a_reason_and_states_where(
    production: World, waybill: Terminal, other: str
) -> None:
    own: dict[str, Any] = {"WAYBILL_DEPLOYMENT": "production"}
    heartbeats = Heartbeats(production.redis)
    heartbeats.beat("a worker", replace(ABLE, deployment="production"))
    production.letters.discard("delivery:L1")
    assert waybill.json("status", **own)["well"]

    heartbeats.beat("other", replace(ABLE, name="s@x", pid=7, deployment=other))

    [reason] = waybill.json("status", **own)["reasons"]
    assert reason.startswith(f"workers of {other or 'a deployment without a name'}")
    assert "s@x (process 7 on tests)" in reason
    doctor = waybill.json("doctor", "--offline", **own)
    shown = next(one for one in doctor if one["name"] == "workers")
    assert shown["verdict"] == "wrong"
    assert reason.startswith(shown["says"])


def test_the_doctor_knows_whose_ledger_it_is(ledger: World, waybill: Terminal) -> None:
    def verdict(**environ: Any) -> str:
        shown = waybill.json("doctor", "--offline", **environ)
        [one] = [one for one in shown if one["name"] == "ledger.deployment"]
        return str(one["verdict"])

    assert verdict() == "warning"
    assert verdict(**STAGING) == "ok"
    ledger.redis.set(keys.DEPLOYMENT, "production")
    assert verdict() == "wrong"
    assert verdict(**STAGING) == "wrong"
    assert verdict(WAYBILL_DEPLOYMENT="production") == "ok"


def test_a_ledger_is_renamed_when_nobody_of_the_old_name_is_left(
    production: World, waybill: Terminal
) -> None:
    heartbeats = Heartbeats(production.redis)
    heartbeats.beat("a worker", replace(ABLE, deployment="production"))
    rename = ("doctor", "--rename-deployment", "production")

    refused = waybill(*rename, **STAGING)
    heartbeats.end("a worker")
    nameless = waybill(*rename)
    other = waybill("doctor", "--rename-deployment", "test", **STAGING)
    done = waybill(*rename, "--as=jane", **STAGING)

    assert (refused.exit_code, nameless.exit_code, other.exit_code) == (1, 2, 1)
    assert "worker@tests (process 1 on tests)" in refused.stderr
    assert "belongs to production, not to test" in other.stderr
    assert (done.exit_code, done.stdout) == (0, "the ledger belongs to staging\n")
    assert production.redis.get(keys.DEPLOYMENT) == b"staging"
    (entry,) = waybill.json("audit", "list", **STAGING)
    assert (entry["what"], entry["who"]) == ("ledger.renamed", "jane")
