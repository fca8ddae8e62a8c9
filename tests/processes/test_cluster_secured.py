"""Workers and commands on a Redis Cluster that speaks TLS, or knows users."""

import shlex
from pathlib import Path

import pytest

from tests.docs.test_going_live import PASSWORD, proposed
from tests.http.test_tls import make_certificate
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.clustered import running_on_cluster
from tests.processes.command import begun, printed
from tests.processes.site import PERSISTENT, Site
from tests.processes.waiting import until
from tests.redis_clusters import Cluster
from workers.redis.clients import ledger_client

pytestmark = [pytest.mark.processes, pytest.mark.long]

ORDERS = feed.numbers(0, 16)


def went_their_way(site: Site, folder: Path) -> None:
    """Publish orders and have each served once; nobody was refused anything."""
    file = folder / "events.ndjson"
    file.write_bytes(b"".join(feed.placed(number) + b"\n" for number in ORDERS))
    printed(site, "publish", str(file))
    worker = site.worker("only").started()

    accounts = accounted(site, ORDERS)
    assert (accounts.lost, accounts.doubled, accounts.dead) == (frozenset(), 0, 0)
    assert ORDERS[0] in printed(site, "explain", ORDERS[0])
    # On a busy machine a loop may take seconds for its first round.
    until("all is well", lambda: begun(site, "status").exit_code() == 0)
    printed(site, "doctor")
    assert '"level": "error"' not in worker.output()


def test_a_cluster_is_reached_over_tls_alone(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "IP:127.0.0.1")
    with running_on_cluster(tmp_path, certificate=certificate) as (site, cluster):
        assert site.settings["WAYBILL_REDIS_URL"].startswith("rediss+cluster://")

        went_their_way(site, tmp_path)

        for one in cluster.primaries:
            with one.client() as client:
                named = client.client_list()
                mine = [each for each in named if each["name"].startswith("waybill")]
                assert mine
                assert {int(each["laddr"].rpartition(":")[2]) for each in mine} == {
                    cluster.announced(one)
                }


def test_the_documented_user_needs_no_more_on_a_cluster(tmp_path: Path) -> None:
    with running_on_cluster(tmp_path, options=PERSISTENT) as (site, cluster):
        known(cluster, "waybill")
        url = cluster.url.replace("://", f"://waybill:{PASSWORD}@")
        site.settings = {**site.settings, "WAYBILL_REDIS_URL": url}

        went_their_way(site, tmp_path)

        refused = [
            one
            for server in cluster.primaries
            for one in ledger_client(server.own_url, 1).acl_log()
        ]
    assert refused == []


def known(cluster: Cluster, user: str) -> None:
    """Have each server know one of the page's users, with what a Cluster needs."""
    (line,) = [one for one in proposed() if one.split()[2] == user]
    line = line.replace(">PASSWORD", f">{PASSWORD}")
    words = [*shlex.split(line)[3:], "+cluster|slots", "+asking"]
    for one in cluster.servers:
        with one.client() as client:
            command = ("ACL", "SETUSER", user, "reset", *words)
            client.execute_command(*command)
