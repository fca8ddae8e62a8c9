"""`waybill status --watch`: drawn anew, or one block for each change."""

import json
from collections.abc import Callable, Iterable

import pytest

from tests.ledger import acts
from tests.ledger.clock import World
from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal
from tests.waybill.test_frozen_redis import frozen
from waybill.status.watched import REDRAW, Look, steady, watch


def pauses(*happens: Callable[[], object]) -> Callable[[float], None]:
    """Waits in which something happens, then Ctrl-C."""
    left = iter(happens)

    def pause(_: float) -> None:
        act = next(left, None)
        if act is None:
            raise KeyboardInterrupt
        act()

    return pause


def looks(texts: Iterable[str]) -> Callable[[], Look]:
    each = (Look(text, well="not well" not in text) for text in texts)
    return lambda: next(each)


def nothing() -> None:
    """A wait in which nothing happens."""


def test_a_pipe_gets_a_block_for_each_change_and_times_are_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = looks(
        [
            "deck 1 due\nheartbeat 1 s ago, 2026-03-01 12:00:05Z",
            "deck 1 due\nheartbeat 3 min 2 s ago, 2026-03-01 12:03:05Z",
            "deck 2 due\nheartbeat 1 s ago, 2026-03-01 12:03:05Z",
            "not well",
        ]
    )

    well = watch(seen, 1.0, redraws=False, pause=pauses(nothing, nothing, nothing))

    shown = capsys.readouterr().out
    assert not well
    assert shown.count("due") == 2
    assert "3 min" not in shown
    assert REDRAW not in shown


def test_a_terminal_is_drawn_anew_each_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = looks(["same", "same"])

    well = watch(seen, 1.0, redraws=True, pause=pauses(nothing))

    assert well
    assert capsys.readouterr().out == f"{REDRAW}same\n{REDRAW}same\n"


def test_what_differs_besides_times_is_a_change() -> None:
    before = steady("last failures deck 59 s ago: http_503")

    assert steady("last failures deck 1 min 2 s ago: http_503") == before
    assert steady("last failures deck 1 min 2 s ago: http_500") != before
    assert steady('{"seen_seconds": 1.5}') == steady('{"seen_seconds": 0.25}')


def test_it_goes_on_while_redis_does_not_answer_and_ends_as_the_last_look(
    ledger: World,
    environ: dict[str, str],
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acts.watch(ledger)
    # Long for a busy machine, and too short for the worker to be taken for dead.
    monkeypatch.setattr("workers.redis.bounded_client.PROMPT", 4.0)
    waybill = Terminal(environ, patient=False)
    freezer = frozen(redis_server)
    pause = pauses(freezer.__enter__, lambda: freezer.__exit__(None, None, None))
    monkeypatch.setattr(
        "waybill.status.command.watch",
        lambda look, seconds: watch(look, seconds, redraws=False, pause=pause),
    )

    result = waybill("status", "--watch", "--json")

    blocks = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [one["well"] for one in blocks] == [True, False, True]
    assert "does not answer in time" in blocks[1]["reasons"][0]


def test_a_program_that_reads_the_status_is_told_that_redis_does_not_answer(
    environ: dict[str, str], redis_server: RedisServer
) -> None:
    with frozen(redis_server):
        result = Terminal(environ, patient=False)("status", "--json")

    assert result.exit_code == 1
    seen = json.loads(result.stdout)
    assert not seen["well"]
    assert "does not answer in time" in seen["reasons"][0]
