"""What commands show of a ledger that was restored, and the word that it is meant."""

import itertools
from pathlib import Path

import pytest

from tasks.restore_detection import Finding, Kind
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from workers.ledger import keys
from workers.ledger.restore.findings import Restores

OLDER = Finding(Kind.WENT_BACK, "the ledger has gone back: by a file", 5, holds=True)
EMPTIED = Finding(Kind.EMPTIED, "the ledger was emptied", 5, holds=True)
CLOCK = Finding(Kind.CLOCK_AHEAD, "Redis' clock was set ahead by 9 s", 9)

#: What `doctor` does in place of its checks.
ACTS = (("--accept-gap",), ("--accept-restore",), ("--rename-deployment", "old"))


@pytest.fixture
def restores(ledger: World) -> Restores:
    return Restores(ledger.redis, 1)


def test_each_finding_is_a_reason_with_what_to_do(
    waybill: Terminal, restores: Restores
) -> None:
    restores.report(OLDER, "one@h", hold=False)
    restores.report(CLOCK, "one@h", hold=False)

    output = waybill.json("status")
    # Of the same moment, perhaps.
    second, first = sorted(output["reasons"])

    assert first.startswith("the ledger has gone back: by a file (noticed ")
    assert "publish again what it sent since, then run `waybill doctor" in first
    assert "see to the clock of Redis' host" in second
    assert (output["well"], output["held"]) == (False, False)
    kinds = {one["kind"] for one in output["restores"]}
    assert kinds == {"clock_ahead", "went_back"}


def test_while_held_status_and_doctor_state_that_nothing_is_sent(
    waybill: Terminal, restores: Restores
) -> None:
    restores.report(OLDER, "one@h", hold=True)

    status = waybill("status")
    found = waybill.json("doctor", "--offline")

    assert status.exit_code == 1
    assert "nothing is sent, since the ledger was restored" in status.stdout
    wrong = [one for one in found if one["name"] == "ledger.restored"]
    assert [one["verdict"] for one in wrong] == ["wrong", "wrong"]
    assert "--accept-restore" in wrong[0]["advice"]


def test_all_is_well_once_a_person_has_accepted_it(
    waybill: Terminal, restores: Restores
) -> None:
    restores.report(OLDER, "one@h", hold=True)

    first, second = (waybill("doctor", "--accept-restore") for _ in range(2))

    assert first.stdout == "accepted: went_back; what was held is sent now\n"
    assert second.stdout == "accepted: nothing was found\n"
    assert waybill("status").exit_code == 0


def test_an_emptied_ledger_that_a_person_accepts_is_a_new_one(
    waybill: Terminal, ledger: World, restores: Restores
) -> None:
    ledger.redis.delete(keys.EPOCH)
    restores.report(EMPTIED, "one@h", hold=True)
    before = waybill("status").stdout

    taken = waybill("doctor", "--accept-restore").stdout

    assert "the ledger's mark is missing" in before
    assert taken.endswith("; the ledger begins anew: restart the workers\n")
    assert waybill("status").exit_code == 0


def test_doctor_looks_at_the_marks_that_are_kept_elsewhere(
    waybill: Terminal,
    ledger: World,  # noqa: ARG001 (there must be one)
    tmp_path: Path,
) -> None:
    file = tmp_path / "marks"

    def verdict(**settings: str) -> list[tuple[str, str]]:
        found = waybill.json("doctor", "--offline", stdin=b"", **settings)
        named = [one for one in found if one["name"] == "ledger.marks"]
        return [(one["verdict"], one["says"]) for one in named]

    url = {"WAYBILL_MARKS_URL": f"file://{file}"}
    none, hold = verdict(), verdict(WAYBILL_ON_RESTORE="hold")
    absent = verdict(**url)
    file.write_text("not marks")
    broken = verdict(**url)

    assert none == []
    assert [one for one, _ in hold] == ["warning"]
    assert absent == [("ok", "none are kept here yet")]
    assert broken[0][0] == "wrong"
    assert "holds no marks" in broken[0][1]


@pytest.mark.parametrize(
    "two", [*itertools.combinations(ACTS, 2)], ids=lambda two: "".join(two[0] + two[1])
)
def test_two_acts_at_once_are_refused_and_neither_is_done(
    waybill: Terminal, restores: Restores, two: tuple[tuple[str, ...], ...]
) -> None:
    restores.report(OLDER, "one@h", hold=True)

    refused = waybill("doctor", *two[0], *two[1])

    assert refused.exit_code == 2
    assert f"{two[0][0]} and {two[1][0]} are acts of their own" in refused.stderr
    assert restores.restored().held
