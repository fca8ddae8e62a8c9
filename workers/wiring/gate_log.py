"""Log lines about gates: one when it closes for all workers, one when it opens."""

import structlog

from workers.ledger.gates import Change

log = structlog.get_logger()


def tell(change: Change) -> None:
    """Log a gate that has closed or opened."""
    fields = {"destination": change.destination, "seconds": round(change.seconds, 1)}
    if not change.closed:
        log.info("gate_opened", why="a call was answered again", **fields)
        return
    why = "the partner asks for it, or refuses every call"
    if change.breaker:
        why = f"{change.failures} failures in a row opened the breaker"
    log.warning("gate_closed", code=change.code, why=why, **fields)
