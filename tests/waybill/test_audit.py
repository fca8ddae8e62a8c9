"""`waybill audit`: acts are listed, verified against a kept head, exported."""

import json
from pathlib import Path

import pytest

from serializers.events.entry_fields import of_event
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run_in_own_chain
from workers.ledger.audit.keys import CHAINS, root_of
from workers.ledger.scripts import Call

KEY = "a-new-key an-old-key"
CHAIN, HEAD = keys.audit(keys.prefix(0)), keys.audit_head(keys.prefix(0))


@pytest.fixture
def acted(ledger: World, waybill: Terminal) -> World:
    """Three acts by three doors of the command, signed."""
    acts.dead(ledger, acts.notification())
    given = ("--as", "jane", "--reason", "they moved")
    for command in (
        ("endpoints", "disable", "acme", *given),
        ("dead-letters", "replay", "N1", *given),
        ("endpoints", "enable", "acme", "--as", "joe"),
    ):
        assert waybill(*command, WAYBILL_AUDIT_KEY=KEY).exit_code == 0
    return ledger


def test_acts_are_listed_with_who_and_why(acted: World, waybill: Terminal) -> None:
    assert acted.redis.llen(CHAIN) == 3

    found = waybill.json("audit", "list")
    shown = waybill("audit", "list", "--who", "joe").stdout
    one = waybill.json("audit", "list", "--what", "replayed")

    assert [(entry["what"], entry["target"], entry["who"]) for entry in found] == [
        ("endpoint.disabled", "ingram/acme", "jane"),
        ("dead_letter.replayed", "delivery:N1", "jane"),
        ("endpoint.enabled", "ingram/acme", "joe"),
    ]
    assert [entry["before"] for entry in found] == [
        "enabled",
        "dead http_400",
        "disabled",
    ]
    assert "joe  endpoint.enabled\n    ingram/acme\n    disabled -> enabled" in shown
    assert "jane" not in shown
    assert [entry["why"] for entry in one] == ["they moved"]


def test_the_newest_so_many_are_listed_whichever_way(
    acted: World, waybill: Terminal
) -> None:
    assert acted.redis.llen(CHAIN) == 3
    jane = ("audit", "list", "--who", "jane")

    (filtered,) = waybill.json(*jane, "--limit", "1")
    (newest,) = waybill.json("audit", "list", "--limit", "1")
    shown = waybill(*jane, "--limit", "1").stdout

    assert filtered["what"] == "dead_letter.replayed"
    assert newest["what"] == "endpoint.enabled"
    assert ("dead_letter.replayed" in shown, "endpoint" in shown) == (True, False)


def test_who_asks_for_an_act_by_another_name_is_told_the_names(
    acted: World, waybill: Terminal
) -> None:
    assert acted.redis.llen(CHAIN) == 3

    shown = waybill("audit", "list", "--what", "pause").stdout

    assert "Nobody has done anything like that." in shown
    called = "dead_letter.replayed, endpoint.disabled, endpoint.enabled"
    assert f"What was done is called: {called}." in shown


def test_a_chain_that_nobody_touched_is_verified(
    acted: World, waybill: Terminal, tmp_path: Path
) -> None:
    assert acted.redis.llen(CHAIN) == 3
    heads = tmp_path / "heads.ndjson"
    heads.write_text(waybill("audit", "export", "--heads").stdout, "utf-8")
    acts.dead(acted, acts.notification("N2"), number="SO-2")
    waybill("dead-letters", "replay", "N2", WAYBILL_AUDIT_KEY=KEY)

    result = waybill("audit", "verify", "--head", str(heads), WAYBILL_AUDIT_KEY=KEY)

    assert result.exit_code == 0, result.output
    assert "4 entries, 4 signed" in result.stdout


def test_a_cut_end_is_found_by_a_kept_head(
    acted: World, waybill: Terminal, tmp_path: Path
) -> None:
    exported = tmp_path / "audit.ndjson"
    exported.write_text(waybill("audit", "export").stdout, "utf-8")
    acted.redis.rpop(CHAIN)
    last = json.loads(exported.read_text("utf-8").splitlines()[1])
    acted.redis.set(HEAD, f"2 {last['link']}")

    alone = waybill("audit", "verify")
    result = waybill("audit", "verify", "--head", str(exported))

    assert alone.exit_code == 0
    assert result.exit_code == 1
    assert "entry 3 is missing" in result.stdout


def test_a_chain_beside_the_partitions_is_listed_verified_and_exported(
    ledger: World, waybill: Terminal, tmp_path: Path
) -> None:
    """Of a Cluster."""
    call = Call("rename", keys.DEPLOYMENT, (keys.DEPLOYMENT, "", "live"))
    deed = Deed("ledger.renamed", "live", "renamed", after="live")
    run_in_own_chain(ledger.scripts, call, Actor("jane"), deed)
    ledger.redis.delete(keys.DEPLOYMENT)
    heads = tmp_path / "heads.ndjson"
    heads.write_text(waybill("audit", "export", "--heads").stdout, "utf-8")

    [listed] = waybill.json("audit", "list")
    [exported] = map(json.loads, waybill("audit", "export").stdout.splitlines())
    whole = waybill("audit", "verify", "--head", str(heads))
    ledger.redis.delete(CHAINS)
    hidden = waybill("audit", "verify", "--head", str(heads))
    root = root_of(keys.DEPLOYMENT)
    ledger.redis.delete(keys.audit(root), keys.audit_head(root))
    gone = waybill("audit", "verify", "--head", str(heads))

    assert listed == exported
    assert (listed["partition"], listed["what"]) == ("wb:deployment", "ledger.renamed")
    for found in (whole, hidden):
        assert found.exit_code == 0
        assert "wb:deployment: 1 entries" in found.stdout
    assert gone.exit_code == 1
    assert "entry 1 is missing" in gone.stdout


def test_a_changed_entry_is_found_and_the_others_are_listed(
    acted: World, waybill: Terminal
) -> None:
    acted.redis.lset(CHAIN, 1, "nonsense")

    result = waybill("audit", "verify")
    listed = waybill("audit", "list")

    assert result.exit_code == 1
    assert "not well: entry 2:" in result.stdout
    assert "see waybill audit verify" in listed.stderr
    assert "joe  endpoint.enabled" in listed.stdout


def test_a_head_that_is_none_is_one_line(
    acted: World, waybill: Terminal, tmp_path: Path
) -> None:
    assert acted.redis.llen(CHAIN) == 3
    file = tmp_path / "heads"
    file.write_text("{}", "utf-8")

    result = waybill("audit", "verify", "--head", str(file))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: heads: line 1 names no head\n"


def test_what_one_request_did_to_many_is_one_entry_for_a_person(
    ledger: World, waybill: Terminal
) -> None:
    for n in range(5):
        acts.dead(ledger, acts.notification(f"N{n}"), number=f"SO-{n}")
    waybill("dead-letters", "replay", "--all", "--as", "jane")

    shown = waybill("audit", "list").stdout

    assert "jane  dead_letter.replayed, 5 times\n" in shown
    assert shown.count("jane") == 1


def test_what_was_done_to_a_letter_is_found_by_its_order(
    ledger: World, waybill: Terminal
) -> None:
    by = ("--as", "jane", "--reason", "typo")
    acts.dead(ledger, acts.notification("N1"), number="SO-2001")
    acts.dead(ledger, acts.notification("N2"), number="SO-2")
    hint = acts.sent(ledger, acts.watch(ledger, number="SO-2001"))
    acts.settle(ledger, hint, acts.GIVE_UP)
    event = json.dumps({"id": "E1", "data": {"order_number": "SO-2001"}}).encode()
    ledger.ledger.bury_event("7-0", of_event(event), "type: missing", "malformed")
    ledger.ledger.bury_event("8-0", of_event(b"[1]"), "no object", "malformed")
    waybill("dead-letters", "discard", "--all", *by)

    found = waybill.json("audit", "list", "--target", "SO-2001")
    shown = waybill("audit", "list", "--target", "SO-2").stdout
    nothing = waybill("audit", "list", "--target", "SO-200").stdout

    assert {one["target"] for one in found} == {
        "delivery:N1",
        "event:7-0",
        "watch:westcon:SO-2001",
    }
    assert {one["facts"]["order"] for one in found} == {"SO-2001"}
    assert "delivery:N2 of order SO-2\n" in shown
    assert "A target is named whole: the number of an order" in nothing


def test_no_act_is_no_entry(ledger: World, waybill: Terminal) -> None:
    assert ledger.redis.exists(CHAIN) == 0
    assert waybill.json("audit", "list") == []
    assert "Nobody has done anything" in waybill("audit", "list").stdout
    assert waybill("audit", "verify").exit_code == 0
