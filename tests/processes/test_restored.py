"""Redis comes back with older files beside real workers: found, and held or not."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.failing_over import follow, lead_through
from tests.processes.pages import page, problems
from tests.processes.site import PERSISTENT, Site, running_site
from tests.processes.waiting import until
from tests.redis_servers import running
from tests.waybill.terminal import Terminal
from workers.ledger.restore.kept_marks import KeptMarks, kept_marks
from workers.redis.answers import octets

pytestmark = pytest.mark.processes

OLD, NEW, LATER = feed.numbers(0, 2), feed.numbers(10, 3), feed.numbers(20, 2)


def reasons(site: Site) -> list[str]:
    found: list[str] = Terminal(site.settings).json("status")["reasons"]
    return found


def went_back(site: Site) -> bool:
    return any("has gone back" in why for why in reasons(site))


def only_reason(site: Site) -> str:
    """That it went back, once nothing else is wrong.

    In an older file a worker's last heartbeat may have ended; it is missed until its
    next one.
    """
    found = reasons(site)
    return found[0] if len(found) == 1 and "has gone back" in found[0] else ""


def served(site: Site, orders: Sequence[str]) -> None:
    feed.publish(site.redis.url, orders)
    accounted(site, orders)


def copied(site: Site) -> Path:
    return site.redis.copied(site.folder / "backup")


def looks(site: Site) -> dict[bytes, int]:
    """The last look of each worker."""
    found = site.ledger.client.hgetall("wb:marks")
    others = {b"at", b"accepted"}
    return {octets(n): int(version) for n, version in found.items() if n not in others}


def looked(site: Site) -> None:
    """Wait until every worker has looked at the ledger as it is now."""
    before = looks(site)
    until("all have looked", lambda: all(looks(site)[n] > v for n, v in before.items()))


def set_back(site: Site, files: Path) -> None:
    """Older files take the place of Redis' own."""
    site.redis.kill()
    site.redis.restored(files)
    site.redis.start()


def accept(site: Site) -> str:
    result = Terminal(site.settings)("doctor", "--accept-restore")
    assert result.exit_code == 0
    return result.stdout


def test_an_older_file_is_reported_everywhere_and_sending_goes_on(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        worker = site.worker("only").started()
        served(site, OLD)
        files = copied(site)
        served(site, OLD + NEW)
        looked(site)

        set_back(site, files)

        reason = until("it is found", lambda: only_reason(site))
        status, body = page(worker, "/ready")
        _, metrics = page(worker, "/metrics")
        served(site, OLD + NEW + LATER)
        accounts = accounted(site, OLD + NEW + LATER)
        output = worker.output()
        taken = accept(site)
        until("all is well", lambda: not reasons(site))
    assert f"are not known any more: {len(NEW)}, or more" in reason
    assert (status, json.loads(body)["notes"].keys()) == (200, {"went_back"})
    assert '\nwaybill_restore_found{kind="went_back"} 1.0\n' in metrics
    assert "\nwaybill_sending_held 0.0\n" in metrics
    assert output.count('"ledger_restored"') == 1
    assert accounts.lost == accounts.under_two_ids == frozenset()
    assert taken == "accepted: went_back\n"


def test_with_hold_nothing_is_sent_until_a_person_accepts_it(tmp_path: Path) -> None:
    with running_site(tmp_path, ON_RESTORE="hold") as site:
        first = site.worker("first").started()
        served(site, OLD)
        files = copied(site)
        served(site, NEW)
        looked(site)
        set_back(site, files)
        until("it is found", lambda: went_back(site))
        sent = _sent(site)

        feed.publish(site.redis.url, LATER)
        admitted = len(OLD) + len(LATER)
        until("they are admitted", lambda: site.ledger.count("admitted") == admitted)
        late = site.worker("late").started()
        for worker in (first, late):
            assert "nothing is sent" in problems(worker)["redis"]
        held = (_sent(site), site.ledger.count("admitted"))
        explained = Terminal(site.settings)("explain", LATER[0]).stdout
        taken = accept(site)

        accounts = accounted(site, OLD + NEW + LATER)
        after = reasons(site)
    assert held == (sent, admitted)
    assert "nothing is sent, since the ledger was restored" in explained
    assert "what was held is sent now" in taken
    assert accounts.lost == accounts.under_two_ids == frozenset()
    assert accounts.doubled == 0
    assert after == []


def _sent(site: Site) -> int:
    """How often a partner was notified anything."""
    return len(site.partners.deliveries(RECEIVER)) + len(site.partners.links.history())


@pytest.mark.parametrize(
    "place", ["file", pytest.param("redis", marks=pytest.mark.long)]
)
def test_marks_kept_elsewhere_find_it_though_every_worker_went_down_too(
    tmp_path: Path, place: str
) -> None:
    with (
        running_site(tmp_path, ON_RESTORE="hold") as site,
        running(site.redis.binary) as other,
    ):
        urls = {"file": f"file://{tmp_path}/marks", "redis": other.url}
        site.settings = {**site.settings, "WAYBILL_MARKS_URL": urls[place]}
        first = site.worker("first").started()
        served(site, OLD)
        files = copied(site)
        served(site, NEW)
        marks = marks_of(site, urls[place])
        until("they are kept", lambda: kept_count(marks) == len(OLD) + len(NEW))
        first.kill()
        set_back(site, files)
        feed.publish(site.redis.url, LATER)
        sent = _sent(site)

        second = site.worker("second").started()

        assert went_back(site)
        admitted = len(OLD) + len(LATER)
        until("they are admitted", lambda: site.ledger.count("admitted") == admitted)
        held, output = _sent(site), second.output()
        accept(site)
        accounts = accounted(site, OLD + NEW + LATER)
        after = reasons(site)
    assert held == sent
    assert output.index("ledger_restored") < output.index(" ready.")
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert after == []


@pytest.mark.long
def test_a_replica_that_takes_over_without_the_last_writes_is_reported_and_not_held(
    tmp_path: Path,
) -> None:
    with (
        running_site(tmp_path, ON_RESTORE="hold") as site,
        running(site.redis.binary, *PERSISTENT) as second,
        Proxy(site.redis.port) as proxy,
    ):
        follow(second, site.redis)
        lead_through(site, proxy)
        worker = site.worker("only").started()
        served(site, OLD)
        with second.client() as client:
            client.replicaof("NO", "ONE")
        served(site, NEW)
        looked(site)

        proxy.lead_to(second.port)
        site.redis.kill()
        site.ledger.client = second.client()

        words = "a replica became the primary before it had everything"
        until("it is reported", lambda: words in worker.output())
        until("it is ready", lambda: not problems(worker))
        [reason] = [why for why in reasons(site) if words in why]
        feed.publish(second.url, LATER)
        accounts = accounted(site, OLD + NEW + LATER)
    assert f"are not known any more: {len(NEW)}, or more" in reason
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0


def marks_of(site: Site, url: str) -> KeptMarks:
    found = kept_marks(url, site.settings.get("WAYBILL_DEPLOYMENT", ""))
    assert found is not None
    return found


def kept_count(marks: KeptMarks) -> int:
    kept = marks.read()
    assert kept is not None
    return kept.admitted


def test_a_file_for_the_marks_that_cannot_be_written_is_refused_at_the_start(
    tmp_path: Path,
) -> None:
    url = f"file://{tmp_path}/nowhere/marks"
    with running_site(tmp_path, MARKS_URL=url) as site:
        worker = site.worker("only")
        code = worker.exit_code()
    assert code not in {0, None}
    assert "the file that WAYBILL_MARKS_URL names cannot be written" in worker.output()
