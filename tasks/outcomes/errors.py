"""Errors of a call, by what follows: retry, wait, or give up.

    PartnerError
    ├── TransientError      again may help; the attempt counts
    │   ├── Unavailable     no answer, or 5xx: also counts for the breaker
    │   └── Throttled       answered "slow down": closes the gate for everybody
    ├── NotYet              nobody's fault; wait without counting the attempt
    │   └── Gone            the endpoint wants no more; it is disabled, its work waits
    └── PermanentError      a person must look

`serializers.errors.DecodeError` counts as permanent. Foreign exceptions are
translated where they are met, with `from`; `tasks.outcomes.outcome.judge` alone turns
an error into an outcome.
"""


class PartnerError(Exception):
    """A call did not do what it was made for.

    Args:
        message: what, of whom, and what now; no secret, no payload.
        code: a short constant that groups alike failures ("http_503",
            "timeout", "decode"); it becomes the dead letter's fingerprint.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class TransientError(PartnerError):
    """Again may help.

    Args:
        message: see `PartnerError`.
        code: see `PartnerError`.
        retry_after: seconds the partner asked us to wait at least, if it did.
    """

    def __init__(
        self, message: str, *, code: str, retry_after: float | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Unavailable(TransientError):
    """No answer, a broken one, or a 5xx: the destination itself may be down."""


class Throttled(TransientError):
    """The destination works and asks everybody to wait (429, a spent quota)."""


class NotYet(PartnerError):
    """The call could not be made, or came too early; the attempt is given back.

    Args:
        message: see `PartnerError`.
        code: see `PartnerError`.
        after: seconds until it is worth looking again.
        shared: whether everybody at this destination should wait as long.
    """

    def __init__(
        self, message: str, *, code: str, after: float, shared: bool = False
    ) -> None:
        super().__init__(message, code=code)
        self.after = after
        self.shared = shared


class Gone(NotYet):
    """The endpoint wants no more (410): it is disabled, and its deliveries wait.

    Args:
        message: see `PartnerError`.
        code: see `PartnerError`.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, code=code, after=0.0)


class PermanentError(PartnerError):
    """Repeating the same call cannot help; a person must look."""
