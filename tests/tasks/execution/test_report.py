"""The report of a task on its hint."""

from tasks.execution.report import Report
from tasks.outcomes.outcome import Again, Done, GiveUp, Later, Outcome

AGAIN = Again(10.0, "no answer", "http_503")
LATER = Later(10.0, "not yet", "nao")
GIVEN_UP = GiveUp("refused", "http_400")


def test_a_report_counts_every_outcome_and_leaves_out_what_did_not_happen() -> None:
    outcomes: dict[str, Outcome] = {
        "a": Done(),
        "b": AGAIN,
        "c": LATER,
        "d": GIVEN_UP,
        "e": Done(),
    }

    counted = Report(outcomes, refused=2, handed_back=3).counts()

    assert counted == {
        "done": 2,
        "again": 1,
        "later": 1,
        "given_up": 1,
        "refused": 2,
        "handed_back": 3,
    }
    assert Report().counts() == {}


def test_a_report_distinguishes_failures_from_waits() -> None:
    report = Report({"a": Done(), "b": AGAIN, "c": LATER, "d": GIVEN_UP})

    assert report.failed() == [("d", GIVEN_UP)]
    assert report.waiting() == [("b", AGAIN), ("c", LATER)]


def test_a_report_takes_over_what_another_hint_led_to() -> None:
    report = Report({"a": AGAIN}, refused=1, handed_back=1)

    report.add(Report({"a": Done(), "b": LATER}, refused=2, handed_back=3))

    assert report == Report({"a": Done(), "b": LATER}, refused=3, handed_back=4)
