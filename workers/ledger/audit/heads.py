"""Heads of the audit chains in a worker's log, beside Release's turns."""

import time
from collections.abc import Callable

import structlog

from serializers.audit.chain import Head
from workers.ledger.audit.keys import Chain
from workers.ledger.audit.reader import AuditReader

log = structlog.get_logger()

#: Seconds between two looks.
EVERY = 60.0


class LoggedHeads:
    """Turns of Release, before one of which heads that have moved are logged.

    A log is kept where who writes to Redis cannot write: with it `waybill audit verify`
    finds that the end of a chain was cut off.

    Args:
        reader: of the chains.
        turn: of Release; answers the seconds to rest.
        monotonic: seconds that nobody sets.
    """

    def __init__(
        self,
        reader: AuditReader,
        turn: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._turn = turn
        self._monotonic = monotonic
        self._next = 0.0
        self._logged: dict[Chain, Head] = {}

    def turn(self) -> float:
        """One round; answers the seconds to rest before the next."""
        now = self._monotonic()
        if now >= self._next:
            # Before the look: what fails there must not keep Release from its work.
            self._next = now + EVERY
            self._look()
        return self._turn()

    def _look(self) -> None:
        for chain in self._reader.chains():
            head = self._reader.head(chain)
            if head.n and head != self._logged.get(chain):
                self._logged[chain] = head
                log.info("audit_head", partition=chain, n=head.n, link=head.link)
