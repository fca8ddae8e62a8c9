"""Heartbeat: reports every few seconds that a worker is alive, and what it serves."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypedDict

import redis

from workers.ledger.identity.heartbeats import BEAT_SECONDS, Heartbeat, Heartbeats
from workers.steps.loop import Loop

#: Seconds without a turn after which a loop stands still: it turns every eight seconds
#: at least, and waits a second while Redis does not answer.
STANDS_STILL = 10.0

#: The step that reads events: one loop for each stream, whose name this begins.
INTAKE = "intake"

#: Words of which one comes with what is kept beside them, and of which one comes with a
#: look at the layout.
KEEPS, LOOKS = 5, 4


class Pulse:
    """How long ago the loop that takes hints from Celery's queues has turned.

    The loop itself moves it. Where it is blocked, or has lost its broker, the process
    lives on and serves no queue.
    """

    def __init__(self) -> None:
        self._made_at = time.monotonic()
        self._turned_at: float | None = None
        self.begins: Callable[[], None] = lambda: None

    def turn(self) -> None:
        first = not self.beats
        self._turned_at = time.monotonic()
        if first:
            # Reported at once: nobody is to miss a worker that is ready.
            self.begins()

    @property
    def beats(self) -> bool:
        """Whether it has turned lately."""
        at = self._turned_at
        return at is not None and time.monotonic() - at < STANDS_STILL

    @property
    def is_late(self) -> bool:
        """Whether it does not turn, and is not only about to begin."""
        return not self.beats and time.monotonic() - self._made_at > STANDS_STILL


def heartbeat_loop(
    heartbeats: Heartbeats,
    token: str,
    words: Callable[[], Heartbeat],
    also: Callable[[], None] = lambda: None,
    look: Callable[[], None] = lambda: None,
) -> Loop:
    """A loop of its own, which nothing that the worker does can hold up.

    Args:
        heartbeats: where it is reported; its client waits for no answer for long.
        token: names this process.
        words: what is reported; it asks no network.
        also: what is kept in Redis beside it, now and then; it raises redis.RedisError.
        look: what is looked for there before it, now and then, as the former.
    """
    turns = 0

    def turn() -> float:
        nonlocal turns
        if not turns % LOOKS:
            # On a Cluster it is on another server, which may be away alone.
            with suppress(redis.RedisError):
                look()
        heartbeats.beat(token, words())
        if not turns % KEEPS:
            also()
        turns += 1
        return BEAT_SECONDS

    return Loop("heartbeat", turn, redis.RedisError, last=lambda: heartbeats.end(token))


class Progress(TypedDict):
    """Fields of the heartbeat: what is done, and what is stuck."""

    queues: tuple[str, ...]
    intake: bool
    release: bool
    stuck: tuple[str, ...]


def progress(loops: Sequence[Loop], queues: Sequence[str], pulse: Pulse) -> Progress:
    """What of a worker's duties is really done.

    Args:
        loops: of Intake and Release, as far as this worker has them.
        queues: that it is to take hints from.
        pulse: of the loop that does so.
    """
    still = [loop.name for loop in loops if loop.idle_seconds > STANDS_STILL]
    turns = {loop.name for loop in loops} - set(still)
    if queues and pulse.is_late:
        still.append("queues")
    return {
        "queues": tuple(queues) if pulse.beats else (),
        "intake": any(name.split()[0] == INTAKE for name in turns),
        "release": "release" in turns,
        "stuck": tuple(still),
    }
