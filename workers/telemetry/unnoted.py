"""Reports what could not be noted beside a call, and never fails itself."""

import structlog

from tasks.execution.attempt import caught

log = structlog.get_logger()


def unnoted(what: str, error: Exception) -> None:
    """Log it, by the error's class alone: its text may hold anything.

    Args:
        what: could not be noted ("gate", "endpoint", "measure").
        error: why.
    """
    name = type(error).__name__
    # A log that cannot be written either must not undo the call.
    caught(lambda: log.error("not_noted", what=what, error=name))
