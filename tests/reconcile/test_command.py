"""The command: what it asks for, how it ends, and how it goes on after an end."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from serializers.reconcile.plan_file import layouts
from tests.ledger.layouts import decided, moved
from tests.reconcile import inject
from tests.reconcile.fill import Filler
from tests.reconcile.seeds import Seed
from tests.redis_servers import ONE_REDIS, RedisServer
from tests.waybill.terminal import Terminal
from waybill.reconcile import pace
from waybill.reconcile.books.files import digest
from waybill.reconcile.books.work_file import WorkFile
from waybill.reconcile.stamp import of_partners
from waybill.sandbox import environment
from workers.ledger.gates import Gates
from workers.ledger.layout.stages import settled
from workers.ledger.stream.streams import order_in
from workers.ledger.stream.view import StreamView
from workers.settings.settings import Settings

pytestmark = ONE_REDIS

SEEDS = [Seed(n) for n in range(1, 8)]
NOW = ("--grace", "0")


@pytest.fixture
def partners() -> Sandbox:
    return Sandbox()


@pytest.fixture
def waybill(
    partners: Sandbox,
    redis_server: RedisServer,
    redis: redis.Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Terminal:
    """The command on a ledger with a few orders, all of them well."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    partners.start()
    environ = environment(partners.url) | {"WAYBILL_REDIS_URL": redis_server.url}
    Filler(redis, Settings.load(environ)).fill(SEEDS)
    inject.into_partners(partners, SEEDS)
    return Terminal(environ)


def erp(folder: Path, seeds: Sequence[Seed], head: str = "order,customer") -> str:
    path = folder / "erp.csv"
    rows = [f"{one.number},{one.customer}" for one in seeds]
    path.write_text("\n".join([head, *rows]) + "\n")
    return f"--erp={path}"


def test_books_that_agree_end_with_0_and_name_those_that_are_not_there(
    waybill: Terminal, tmp_path: Path
) -> None:
    ended = waybill("reconcile", erp(tmp_path, SEEDS), *NOW)

    assert ended.exit_code == 0, ended.output
    assert "compared 7 orders" in ended.stdout
    assert "not compared, since they were not given: westcon, deck" in ended.stdout
    assert "nothing was found" in ended.stdout
    assert not [*(tmp_path / "state").rglob("*.sqlite")]


def test_what_is_found_ends_with_1_and_is_planned_and_applied_once(
    waybill: Terminal, tmp_path: Path, redis: redis.Redis
) -> None:
    plan = tmp_path / "plan.ndjson"
    book = erp(tmp_path, [*SEEDS, Seed(99)], "order,custommer")

    ended = waybill("reconcile", book, *NOW, "--plan", str(plan))

    assert ended.exit_code == 1, ended.output
    assert "SO-99: the ERP has an order that Waybill does not know" in ended.stdout
    assert "did you mean customer_id?" in ended.stderr
    assert redis.xlen("orders:events") == 0
    dry = waybill("reconcile", "apply", str(plan), "--dry-run")
    assert (dry.exit_code, redis.xlen("orders:events")) == (0, 0)
    made = waybill.json("reconcile", "apply", str(plan))
    assert [one["result"] for one in made] == ["made"]
    (content,) = StreamView(redis, "orders:events", "waybill").waiting()
    assert order_in(content, by_source=False) == "SO-99"
    # It is in the stream and not admitted: in flight, and no finding any more.
    again = waybill("reconcile", book, *NOW)
    assert again.exit_code == 0, again.output
    assert "left out, 1 orders: in flight" in again.stdout


def test_a_book_that_cannot_be_read_ends_with_2(
    waybill: Terminal, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("colour\nred\n")

    ended = waybill("reconcile", f"--erp={bad}")

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "bad.csv: no column order among colour" in ended.stderr
    assert waybill("reconcile", "--erp=/nowhere").exit_code == 2
    assert waybill("reconcile", "--receiver=acme").exit_code == 2
    assert waybill("reconcile", "--since=soon").exit_code == 2
    assert waybill("reconcile", "apply", str(bad)).exit_code == 2


def test_many_calls_are_named_and_not_made_unless_somebody_agrees(
    waybill: Terminal, partners: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waybill.reconcile.run.UNASKED", 5)

    ended = waybill("reconcile", "--deck", "--westcon", *NOW)

    assert ended.exit_code == 2
    assert "westcon: 1 call, about 7 orders" in ended.stderr
    assert "deck: 7 calls, about 7 orders" in ended.stderr
    assert "give --yes" in ended.stderr
    assert partners.journal.count("deck.history") == 0
    assert waybill("reconcile", "--deck", *NOW, "--yes").exit_code == 0
    assert partners.journal.count("deck.history") == 7


def test_a_partner_that_refuses_every_question_is_no_clean_run(
    waybill: Terminal,
) -> None:
    ended = waybill("reconcile", "--deck", *NOW, WAYBILL_DECK__API_KEY="wrong")

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "deck has refused 7 questions and answered none" in ended.stderr
    assert waybill("reconcile", "--deck", *NOW).exit_code == 0


def test_a_plan_that_cannot_be_written_ends_before_the_calls(
    waybill: Terminal, partners: Sandbox, tmp_path: Path
) -> None:
    plan = f"--plan={tmp_path / 'none' / 'plan.ndjson'}"

    ended = waybill("reconcile", "--deck", plan, *NOW)

    assert ended.exit_code == 2
    assert "cannot be written" in ended.stderr
    assert partners.journal.count("deck.history") == 0


def test_calls_take_their_share_of_the_rate(waybill: Terminal) -> None:
    ended = waybill("reconcile", "--deck", *NOW, WAYBILL_DECK__RATE="6000")

    assert ended.exit_code == 0
    assert "deck: 7 calls, about 7 orders, at least 1 min by its rate" in ended.stderr


def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have partners be asked again at once, whatever their gates report."""
    monkeypatch.setattr(pace, "PAUSE", 0.0)
    monkeypatch.setattr(Gates, "failed", lambda *_: 0.0)


def test_an_order_over_which_a_partner_stumbles_is_named_and_the_others_compared(
    waybill: Terminal, partners: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pauses(monkeypatch)
    broken = Fault.status(500)
    partners.faults.order("deck.history", broken.on("SO-5"), times=None)
    partners.faults.order("westcon.order_status", broken.on("6000006"), times=None)
    ask = ("reconcile", "--deck", "--westcon", *NOW)

    ended, shown = waybill(*ask), waybill.json(*ask)

    assert ended.exit_code == 1, ended.output
    assert "compared 7 orders" in ended.stdout
    assert "could not be asked: 2; the next run asks again" in ended.stdout
    assert "  SO-5: deck: " in ended.stdout
    assert [(one["order"], one["book"]) for one in shown["not_asked"]] == [
        ("SO-5", "deck"),
        ("SO-6", "westcon"),
    ]
    assert sum(shown["found"].values()) == 0


def test_a_partner_that_is_away_as_a_whole_ends_the_run(
    waybill: Terminal, partners: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pauses(monkeypatch)
    partners.faults.order("deck.history", Fault.status(500), times=None)

    ended = waybill("reconcile", "--deck", "--westcon", *NOW)

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "give the same command again to go on" in ended.stderr
    assert partners.journal.count("deck.history") <= 7 * pace.ATTEMPTS
    # What the others answer is asked and kept all the same.
    assert partners.journal.count("westcon.order_status") == 1


#: What says who an account is.
ACCESS = ("client_id", "client_secret", "subscription_key", "partner_key")


def own(waybill: Terminal, partner: str, *fields: str) -> dict[str, str]:
    """What is set beside the map, for one that is at another host."""
    names = {one: f"WAYBILL_{partner}__{one.upper()}" for one in fields}
    return {one: waybill.environ[name] for one, name in names.items()}


@pytest.mark.parametrize(
    "changed",
    [
        {"WAYBILL_DECK__SITE_CODE": "other"},
        {"WAYBILL_DECK__API_USERNAME": "other"},
        {"WAYBILL_WESTCON__LANGUAGE": "DE"},
        {"WAYBILL_WESTCON__ACCOUNTS": json.dumps({"north": {"shared": ACCESS}})},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_answers_of_another_account_or_site_are_not_kept(
    waybill: Terminal, tmp_path: Path, changed: dict[str, str]
) -> None:
    first, second = (
        tuple(of_partners(Settings.load({**waybill.environ, **more})))
        for more in ({}, changed)
    )

    assert first == tuple(of_partners(Settings.load(waybill.environ)))
    assert first != second
    path = tmp_path / "work"
    for question, kept in ((first, 0), (first, 1), (second, 0)):
        file = WorkFile(path, digest(question))
        assert file.count("SELECT COUNT(*) FROM answer") == kept
        row = ("deck", "SO-1", 1, int(time.time() * 1000), "{}")
        file.run("INSERT OR REPLACE INTO answer VALUES(?,?,?,?,?)", *row)
        file.close()


def test_each_order_is_asked_for_at_its_own_account_and_site(
    waybill: Terminal, redis: redis.Redis, partners: Sandbox
) -> None:
    north = [replace(Seed(n), place="north") for n in range(20, 23)]
    with Sandbox() as other:
        more = {
            "WAYBILL_WESTCON__ACCOUNTS": json.dumps(
                {
                    "north": {
                        "base_url": f"{other.url}/westcon",
                        "token_url": f"{other.url}/microsoft/demo/oauth2/token",
                        "rate": 6000,
                        **own(waybill, "WESTCON", *ACCESS),
                    }
                }
            ),
            "WAYBILL_DECK__SITES": json.dumps(
                {
                    "north": {
                        "base_url": f"{other.url}/deck",
                        **own(waybill, "DECK", "site_code", "api_key"),
                    }
                }
            ),
        }
        Filler(redis, Settings.load({**waybill.environ, **more})).fill(north)
        inject.into_partners(other, north)
        here = partners.journal.count("deck.history")

        there = Terminal({**waybill.environ, **more})
        ended = there("reconcile", "--deck", "--westcon", *NOW)

        assert ended.exit_code == 0, ended.output
        assert "deck: 7 calls, about 7 orders" in ended.stderr
        assert "deck/north: 3 calls, about 3 orders" in ended.stderr
        assert "westcon/north: 1 call, about 3 orders, at least 1 min" in ended.stderr
        assert partners.journal.count("deck.history") == here + 7
        assert other.journal.count("deck.history") == 3
        assert other.journal.count("westcon.order_status") == 1

    # Of what these settings do not have, nobody can be asked.
    without = waybill("reconcile", "--deck", *NOW)
    assert without.exit_code == 1
    assert "could not be asked: 3" in without.stdout
    assert "SO-20: deck: deck/north is not in these settings" in without.stdout


def test_a_run_that_was_ended_goes_on_with_the_answers_that_it_has(
    waybill: Terminal,
    partners: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_pauses(monkeypatch)
    for number in ("SO-5", "SO-6", "SO-7"):
        busy = Fault.status(503).on(number)
        partners.faults.order("deck.history", busy, times=None)
    ask = ("reconcile", "--deck", *NOW, "--threads", "1")

    ended = waybill(*ask)

    assert ended.exit_code == 2
    assert "give the same command again to go on" in ended.stderr
    asked = partners.journal.count("deck.history")
    partners.faults.clear()
    assert waybill(*ask).exit_code == 0
    # SO-1 to SO-4 have answered before.
    assert partners.journal.count("deck.history") == asked + 3


def test_a_second_run_of_the_same_comparison_is_turned_away_with_the_way_on(
    waybill: Terminal, tmp_path: Path
) -> None:
    work = tmp_path / "work.sqlite"
    first = WorkFile(work, "of another run")

    second = waybill("reconcile", f"--work={work}")
    other = waybill("reconcile", f"--work={tmp_path / 'other.sqlite'}")
    first.close()

    assert (second.exit_code, second.stdout) == (2, "")
    assert "another run of this comparison is under way" in second.stderr
    assert "--work" in second.stderr
    assert other.exit_code == 0
    assert waybill("reconcile", f"--work={work}").exit_code == 0


def test_another_programs_file_is_not_taken_for_the_work_file(
    waybill: Terminal, tmp_path: Path
) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("these are not ours, and longer than nothing at all" * 20)

    ended = waybill("reconcile", "--work", str(other))

    assert ended.exit_code == 2
    assert "cannot be the work file" in ended.stderr
    assert other.read_text().startswith("these are not ours")


def test_a_partner_that_is_not_configured_is_named(waybill: Terminal) -> None:
    ended = waybill("reconcile", "--deck", WAYBILL_DECK__BASE_URL="")

    assert ended.exit_code == 2
    assert "DECK" in ended.stderr.upper()


def test_while_orders_move_nothing_is_compared_and_nothing_repaired(
    waybill: Terminal, redis: redis.Redis, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.ndjson"
    waybill("reconcile", erp(tmp_path, [*SEEDS, Seed(8)]), *NOW, f"--plan={plan}")
    assert plan.stat().st_size
    layout = moved(redis, 4)

    for command in (erp(tmp_path, SEEDS),), ("apply", str(plan)):
        refused = waybill("reconcile", *command)
        assert refused.exit_code == 2
        assert "waybill partitions apply 4" in refused.stderr
    decided(redis, settled(layout, 1))
    late = waybill("reconcile", "apply", str(plan))

    assert late.exit_code == 2
    assert "plan it anew" in late.stderr
    waybill("reconcile", erp(tmp_path, [*SEEDS, Seed(8)]), *NOW, f"--plan={plan}")
    assert layouts(plan.read_bytes()) == {layout.version + 1}
    assert waybill("reconcile", "apply", str(plan)).exit_code == 0
