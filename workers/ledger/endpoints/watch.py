"""Endpoint monitor: warns of one that fails, disables one that is gone."""

import time
from collections.abc import Callable

import redis
import structlog

from workers.ledger.endpoints.states import EndpointStates, Failing

log = structlog.get_logger()

#: How often a process reports an endpoint's success. A failure is reported at once, and
#: so is the first success behind it. Where this process succeeds and others give up,
#: theirs is no row of failures for longer than this.
SERVED_SECONDS = 1.0


class EndpointWatch:
    """The endpoints as one worker process sees them; see `tasks.services.Endpoints`.

    Args:
        states: what all workers know.
        clock: monotonic seconds.
    """

    def __init__(
        self, states: EndpointStates, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._states = states
        self._clock = clock
        self._well_until: dict[str, float] = {}
        self._failed: set[str] = set()

    def served(self, endpoint: str) -> None:
        """It took a notification; never raises."""
        now = self._clock()
        if now < self._well_until.get(endpoint, 0.0):
            return
        self._well_until[endpoint] = now + SERVED_SECONDS
        if endpoint not in self._failed:
            # With the call's outcome, which is recorded next.
            self._states.noted(endpoint)
            return
        try:
            self._states.served(endpoint)
            self._failed.discard(endpoint)
        except redis.RedisError:
            # The ledger's own scripts will report it louder.
            self._well_until.pop(endpoint, None)

    def failed(self, endpoint: str, code: str, *, gave_up: bool = False) -> None:
        """It did not take one; never raises."""
        self._well_until.pop(endpoint, None)
        self._failed.add(endpoint)
        try:
            found = self._states.failed(endpoint, code, gave_up=gave_up)
            ends = found.verdict in {"disable", "hold"}
            # Of several calls that end it at once, one is reported.
            news = not ends or self._states.disable(endpoint, _why(found, code))
        except redis.RedisError:
            return
        if news and found.verdict != "noted":
            _report(endpoint, found, code)

    def disable(self, endpoint: str, why: str) -> None:
        """Send it nothing more; raises redis.RedisError."""
        if self._states.disable(endpoint, why):
            log.error("endpoint_disabled", endpoint=endpoint, why=why)


def _report(endpoint: str, found: Failing, code: str) -> None:
    fields = {"since_ms": found.since_ms, "failures": found.failures, "code": code}
    why = _why(found, code)
    if found.verdict == "disable":
        log.error("endpoint_disabled", endpoint=endpoint, why=why, **fields)
    elif found.verdict == "hold":
        fields["given_up"] = found.given_up
        log.warning("endpoint_disabled", endpoint=endpoint, why=why, **fields)
    else:
        log.warning(
            "endpoint_failing",
            endpoint=endpoint,
            why="not one call has worked since; it will be disabled when this goes on",
            **fields,
        )


def _why(found: Failing, code: str) -> str:
    if found.verdict == "hold":
        given_up = f"{found.given_up} notifications in a row were given up"
        return f"{given_up}, the last with {code}"
    return f"{found.failures} calls in a row have failed, the last with {code}"
