"""The watch over restores: a finding is reported until it is taken, and put right."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import redis
from structlog.testing import capture_logs

from tasks.restore_detection import Finding, Kind, Look, Marks
from workers.ledger.restore.kept_marks import KeptMarks, kept_marks
from workers.ledger.restore.marks_file import InFile, KeptMarksError, file_of
from workers.steps.restore_watch import (
    IDLE_SECONDS,
    KEEP_SECONDS,
    LOOK_SECONDS,
    PULL_IN_SECONDS,
    QUIET,
    RestoreWatch,
)

NOW_MS = 1_790_000_000_000
MARKS = Marks(epoch_ms=5, version=1, time_ms=NOW_MS, admitted=9, run="a")


@dataclass
class Ledger:
    """Marks as they would be seen; time goes on by a second with each look."""

    version: int = 0
    time_ms: int = NOW_MS
    seconds: float = 0.0
    own: int | None = None
    ended: bool = False

    def look(self) -> Look:
        highest = self.time_ms
        self.seconds += 1
        self.time_ms += 1_000
        self.version += 1
        own, self.own = self.own, self.version
        marks = replace(MARKS, version=self.version, time_ms=self.time_ms)
        now = self.seconds
        return Look(marks, self.version - 1, own, highest, asked=now, answered=now)

    def goes_back(self) -> None:
        self.version = self.own = 0

    def end(self) -> None:
        self.ended = True


@dataclass
class Reports:
    """What was kept; away, it raises."""

    away: bool = False
    found: list[tuple[Kind, str, bool]] = field(default_factory=list)

    def report(self, finding: Finding, by: str, *, hold: bool) -> bool:
        if self.away:
            raise redis.ConnectionError
        self.found.append((finding.kind, by, hold))
        return True


@dataclass
class Moments:
    shifted: list[int] = field(default_factory=list)
    pulled: int = 0

    def shift(self, ms: int) -> None:
        self.shifted.append(ms)

    def pull_in(self) -> None:
        self.pulled += 1


@dataclass
class Stage:
    """One worker's watch on a ledger of the test's."""

    holds: bool = True
    kept: KeptMarks | None = None
    ledger: Ledger = field(default_factory=Ledger)
    reports: Reports = field(default_factory=Reports)
    moments: Moments = field(default_factory=Moments)
    now: float = 0.0
    works: bool = True

    def __post_init__(self) -> None:
        self.watch = RestoreWatch(
            self.ledger,
            self.reports,
            self.moments,
            self.kept,
            lambda: "one@h",
            holds=self.holds,
            works=lambda: self.works,
            monotonic=lambda: self.now,
        )


@pytest.mark.parametrize("holds", [True, False])
def test_a_restore_is_reported_once_and_held_where_the_settings_want_it(
    *, holds: bool
) -> None:
    stage = Stage(holds)
    stage.watch.begin()
    stage.ledger.goes_back()

    with capture_logs() as logged:
        assert stage.watch.turn() == LOOK_SECONDS
        stage.watch.turn()

    assert stage.reports.found == [(Kind.WENT_BACK, "one@h", holds)]
    [line] = [one for one in logged if one["event"] == "ledger_restored"]
    assert (line["kind"], line["log_level"]) == ("went_back", "warning")


def test_a_worker_that_rests_looks_less_often() -> None:
    stage = Stage()
    stage.watch.begin()

    rests = [stage.watch.turn()]
    stage.works = False
    rests.append(stage.watch.turn())

    assert rests == [LOOK_SECONDS, IDLE_SECONDS]
    assert LOOK_SECONDS < IDLE_SECONDS


def test_what_redis_did_not_take_is_reported_again() -> None:
    stage = Stage()
    stage.watch.begin()
    stage.ledger.goes_back()
    stage.reports.away = True
    with pytest.raises(redis.RedisError):
        stage.watch.turn()

    stage.reports.away = False
    stage.watch.turn()

    assert [kind for kind, _, _ in stage.reports.found] == [Kind.WENT_BACK]


def test_a_small_step_of_the_clock_stands_in_the_log_alone() -> None:
    stage = Stage()
    stage.watch.begin()
    stage.ledger.time_ms -= 4_000

    with capture_logs() as logged:
        stage.watch.turn()

    assert [one["event"] for one in logged] == ["redis_clock_set"]
    assert logged[0]["kind"] == "clock_step"
    assert (stage.reports.found, stage.moments.shifted) == ([], [])


def test_a_clock_that_was_set_back_is_reported_and_moments_follow_it() -> None:
    stage = Stage()
    stage.watch.begin()
    jump = 3_600_000
    seen = stage.ledger.look
    stage.ledger.look = lambda: _behind(stage.ledger, seen, jump)  # type: ignore[method-assign] # one look

    stage.watch.turn()
    stage.ledger.look = seen  # type: ignore[method-assign] # the others
    stage.watch.turn()

    assert [kind for kind, _, _ in stage.reports.found] == [Kind.CLOCK_BACK]
    assert stage.moments.shifted == [jump - 1_000]


def _behind(ledger: Ledger, seen: object, ms: int) -> Look:
    assert callable(seen)
    ledger.time_ms -= ms
    look: Look = seen()
    return replace(look, highest_ms=look.marks.time_ms + ms - 1_000)


def test_what_lies_too_far_ahead_is_pulled_in_now_and_then() -> None:
    stage = Stage()
    stage.watch.begin()
    for _ in range(3):
        stage.watch.turn()
    stage.now += PULL_IN_SECONDS
    stage.watch.turn()

    assert stage.moments.pulled == 2


def test_marks_are_kept_elsewhere_every_few_seconds_and_found_by_who_starts(
    tmp_path: Path,
) -> None:
    url = f"file://{tmp_path}/marks"
    stage = Stage(kept=kept_marks(url, "prod"))
    stage.watch.begin()
    stage.watch.turn()
    stage.watch.turn()
    first = KeptMarks(InFile(tmp_path / "marks"), "prod").read()
    stage.now += KEEP_SECONDS
    stage.watch.turn()
    second = KeptMarks(InFile(tmp_path / "marks"), "prod").read()

    late = Stage(kept=kept_marks(url, "prod"))
    late.watch.begin()
    third = Stage(kept=kept_marks(url, "prod"), ledger=late.ledger)
    third.watch.begin()

    assert first is not None
    assert second is not None
    assert (first.version, second.version) == (2, 4)
    assert [kind for kind, _, _ in late.reports.found] == [
        Kind.WENT_BACK,
        Kind.CLOCK_STEP,
    ][:1]
    assert third.reports.found == []


def test_marks_that_cannot_be_kept_any_more_are_complained_of_now_and_then(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    stage = Stage(kept=KeptMarks(InFile(folder / "marks"), ""))
    stage.watch.begin()
    (folder / "marks").unlink()
    folder.rmdir()

    with capture_logs() as logged:
        for _ in range(int(QUIET / KEEP_SECONDS) + 2):
            stage.now += KEEP_SECONDS
            stage.watch.turn()

    text = [one["why"] for one in logged if one["event"] == "marks_not_kept"]
    assert len(text) == 2
    assert "cannot be written" in text[0]


@pytest.mark.parametrize("name", ["no-folder/marks", "m" * 250])
def test_a_place_where_nothing_can_be_written_or_taken_away_is_named(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "no-folder").write_bytes(b"")

    with pytest.raises(KeptMarksError, match="cannot be written"):
        InFile(tmp_path / name).write(b"marks")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"deployment": "prod"}',
        '{"deployment": "prod", "marks": {"run": 5}}',
        '{"deployment": "prod", "marks": {"last_entry": "soon"}}',
    ],
)
def test_what_is_no_marks_is_refused_and_left_as_it_is(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "marks"
    file.write_text(content)

    with pytest.raises(KeptMarksError, match="holds no marks"):
        Stage(kept=KeptMarks(InFile(file), "prod")).watch.begin()

    assert file.read_text() == content


def test_marks_of_another_deployment_are_refused_and_those_without_a_name_taken(
    tmp_path: Path,
) -> None:
    place = InFile(tmp_path / "marks")
    KeptMarks(place, "").keep(MARKS)
    assert KeptMarks(place, "prod").read() == MARKS
    KeptMarks(place, "prod").keep(MARKS)

    with pytest.raises(KeptMarksError, match="deployment prod"):
        KeptMarks(place, "staging").read()


def test_what_a_newer_release_keeps_is_read(tmp_path: Path) -> None:
    place = InFile(tmp_path / "marks")
    found = {"deployment": "", "marks": {"version": 7, "newer": "x"}, "more": 1}
    place.write(json.dumps(found).encode())

    assert KeptMarks(place, "").read() == Marks(version=7)


def test_who_stops_takes_its_mark_back() -> None:
    stage = Stage()

    stage.watch.end()

    assert stage.ledger.ended


@pytest.mark.parametrize(
    "url", ["file:marks", "file://host/marks", "file:///", "file:///a?b", "file:///a#b"]
)
def test_a_url_that_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be a URL like file:///"):
        file_of(url)
