"""Log lines about a gate."""

import structlog

from workers.ledger.gates import Change
from workers.wiring.worker_ledger import log_gate


def test_a_gate_that_closes_is_a_warning_with_its_cause() -> None:
    with structlog.testing.capture_logs() as lines:
        log_gate(Change("deck", closed=True, seconds=30.0, breaker=True, failures=5))
        log_gate(Change("westcon", closed=True, seconds=900.0, code="http_403"))

    breaker, asked = lines
    assert (breaker["event"], breaker["log_level"]) == ("gate_closed", "warning")
    assert (breaker["destination"], breaker["seconds"]) == ("deck", 30.0)
    assert breaker["why"] == "5 failures in a row opened the breaker"
    assert (asked["code"], asked["seconds"]) == ("http_403", 900.0)


def test_a_gate_that_opens_is_reported_with_how_long_it_was_closed() -> None:
    with structlog.testing.capture_logs() as lines:
        log_gate(Change("deck", closed=False, seconds=31.25))

    [line] = lines
    assert (line["event"], line["log_level"]) == ("gate_opened", "info")
    assert (line["destination"], line["seconds"]) == ("deck", 31.2)
