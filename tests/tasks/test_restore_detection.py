"""A ledger that went back, was replaced or failed over, and a clock that was set."""

from dataclasses import replace
from typing import Any

import pytest

from tasks.restore_detection import Finding, Kind, Known, Look, Marks, findings

NOW_MS = 1_790_000_000_000

#: As this process saw it at 100 s of its own clock.
MARKS = Marks(
    epoch_ms=5,
    version=700,
    time_ms=NOW_MS,
    admitted=500,
    last_entry="1790000000000-3",
    run="first",
    history="h1",
)
KNOWN = Known(MARKS, (99.9, 100.0))
KEPT = Known(MARKS)


def look(seconds: float = 1.0, **marks: Any) -> Look:
    """A look so many seconds later, at which nothing else is new."""
    now = replace(MARKS, version=701, time_ms=NOW_MS + int(seconds * 1000))
    return Look(
        replace(now, **marks),
        before=700,
        own=700,
        highest_ms=NOW_MS,
        asked=99.95 + seconds,
        answered=100.0 + seconds,
        up_seconds=9_000.0,
    )


def older(**more: Any) -> Look:
    """A look at a ledger that was read from an older file, by a new server."""
    found = look(30.0, version=651, admitted=203, last_entry="1789999960000-0")
    found = replace(found, marks=replace(found.marks, run="second", history="h2"))
    changes: dict[str, Any] = {
        "before": 650,
        "own": 650,
        "highest_ms": NOW_MS - 41_000,
        "up_seconds": 9.0,
        **more,
    }
    return replace(found, **changes)


def kinds(found: tuple[Finding, ...]) -> list[Kind]:
    return [one.kind for one in found]


def test_nothing_is_found_where_nothing_was_seen_before() -> None:
    assert findings(None, look()) == ()


@pytest.mark.parametrize("known", [KNOWN, KEPT])
def test_nothing_is_found_of_a_restart_that_lost_nothing(known: Known) -> None:
    again = look(20.0, run="second", history="h2")

    assert findings(known, replace(again, up_seconds=3.0)) == ()


def test_a_look_whose_answer_was_lost_is_no_restore() -> None:
    assert findings(KNOWN, replace(look(), own=703, before=703)) == ()


def test_an_older_file_is_found_by_the_own_mark_with_what_is_gone() -> None:
    [found] = findings(KNOWN, older())

    assert found.kind is Kind.WENT_BACK
    assert found.holds
    assert "not known any more: 297, or more" in found.message
    assert "had 1790000000000-3" in found.message


def test_the_own_mark_shows_it_whatever_other_workers_have_looked_at_since() -> None:
    late = older(before=1_000, own=699)

    assert kinds(findings(KNOWN, late)) == [Kind.WENT_BACK]


def test_the_version_shows_it_where_the_own_mark_is_unknown() -> None:
    assert kinds(findings(KNOWN, older(own=None))) == [Kind.WENT_BACK]
    assert findings(KNOWN, replace(look(), own=None)) == ()


def test_an_older_file_is_found_by_marks_that_were_kept_elsewhere() -> None:
    assert kinds(findings(KEPT, older(own=None))) == [Kind.WENT_BACK]


def test_an_emptied_and_another_ledger_are_distinguished() -> None:
    emptied, other = look(epoch_ms=0, version=1), look(epoch_ms=6, version=1)

    found = (*findings(KNOWN, emptied), *findings(KNOWN, other))

    assert kinds(found) == [Kind.EMPTIED, Kind.REPLACED]
    assert all(one.holds for one in found)
    made_anew = Known(replace(MARKS, epoch_ms=0), (99.9, 100.0))
    assert findings(made_anew, look()) == ()


def test_a_replica_that_took_over_is_reported_and_never_held() -> None:
    promoted = older(up_seconds=500.0, former_history="h1")

    [found] = findings(KNOWN, promoted)

    assert (found.kind, found.holds, found.kept) == (Kind.FAILED_OVER, False, True)


@pytest.mark.parametrize(
    "odd",
    [
        {"up_seconds": 500.0, "former_history": "h0"},
        {"up_seconds": 29.0, "former_history": "h1"},
        {"up_seconds": None, "former_history": "h1"},
    ],
    ids=["another history", "began after it was seen", "not permitted to ask"],
)
def test_what_may_be_no_replica_is_a_restore(odd: dict[str, object]) -> None:
    assert kinds(findings(KNOWN, older(**odd))) == [Kind.WENT_BACK]


def test_the_same_server_is_no_replica_that_took_over() -> None:
    same = older(up_seconds=500.0, former_history="h1")
    same = replace(same, marks=replace(same.marks, run="first"))

    assert kinds(findings(KNOWN, same)) == [Kind.WENT_BACK]


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (-3600.0, Kind.CLOCK_BACK),
        (-6.5, Kind.CLOCK_BACK),
        (-4.0, Kind.CLOCK_STEP),
        (4.0, Kind.CLOCK_STEP),
        (3600.0, Kind.CLOCK_AHEAD),
    ],
)
def test_a_clock_that_was_set_is_found_by_one_that_nobody_sets(
    step: float, kind: Kind
) -> None:
    seen = look(1.0, time_ms=NOW_MS + int((1 + step) * 1000))

    [found] = findings(KNOWN, seen)

    assert found.kind is kind
    assert found.holds == (kind is Kind.CLOCK_BACK)
    assert found.kept == (kind is not Kind.CLOCK_STEP)


def test_a_slow_answer_is_no_step() -> None:
    slow = replace(look(1.0), answered=115.0)
    late = replace(look(1.0, time_ms=NOW_MS + 15_000), answered=115.0)

    assert findings(KNOWN, slow) == ()
    assert findings(KNOWN, late) == ()


@pytest.mark.parametrize("known", [None, KEPT])
def test_a_worker_that_starts_finds_a_clock_behind_what_it_was(
    known: Known | None,
) -> None:
    behind = look(-3600.0)

    assert kinds(findings(known, behind)) == [Kind.CLOCK_BACK]
    assert behind.stepped_back_ms == 3_600_000
    assert look(-5.0).stepped_back_ms == 0


def test_a_failover_to_a_clock_that_is_behind_is_never_held() -> None:
    found = findings(
        KNOWN,
        replace(
            older(up_seconds=500.0, former_history="h1", highest_ms=NOW_MS),
            marks=replace(older().marks, time_ms=NOW_MS - 60_000),
        ),
    )

    assert kinds(found) == [Kind.FAILED_OVER, Kind.CLOCK_BACK]
    assert not any(one.holds for one in found)
