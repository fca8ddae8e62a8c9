"""Network errors of calls to partners, translated into `tasks.outcomes.errors`."""

from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as PoolTimeout

from tasks.outcomes.errors import NotYet, PartnerError, Unavailable


class Fault(Exception):
    """Something on the wire broke.

    Neither an `OSError` nor one of urllib3's, so that its pool closes the
    connection, lets this through as it is and never tries again on its own.

    Args:
        what: continues a sentence that begins with the partner's name.
        code: "timeout", "connect", "dns", "tls", "reset", "truncated",
            "protocol", "size", "encoding", or "proxy_" before the status with which
            a proxy answers that it came to no connection.
    """

    def __init__(self, what: str, *, code: str) -> None:
        super().__init__(what)
        self.code = code


class OwnFault(Fault):
    """A proxy or a file of ours is at fault: the partner was not called at all.

    Args:
        what: see `Fault`.
        code: "proxy", "proxy_" before the status with which one refused, or
            "certificate".
        after: seconds until it is worth trying again.
    """

    def __init__(self, what: str, *, code: str, after: float) -> None:
        super().__init__(what, code=code)
        self.after = after


def partner_error(error: Exception, of_whom: str, deadline: float) -> PartnerError:
    """Name what broke; neither a URL nor a byte of the answer is in the message.

    A partner that gives no usable answer is `Unavailable`. What is ours and at fault is
    `NotYet`: no attempt counts and no breaker, everybody at the destination waits.

    Args:
        error: what urllib3, `ssl`, `socket` or this package raised.
        of_whom: the partner's name.
        deadline: seconds the whole exchange was given.
    """
    match _cause(error):
        case OwnFault() as fault:
            what = f"{of_whom} {fault}"
            return NotYet(what, code=fault.code, after=fault.after, shared=True)
        case Fault() as fault:
            return Unavailable(f"{of_whom} {fault}", code=fault.code)
        case TimeoutError() | PoolTimeout():
            what = f"{of_whom} did not answer in full within {deadline:.3g} s"
            return Unavailable(what, code="timeout")
        case OSError() as failure:
            what = f"{of_whom} broke the connection ({type(failure).__name__})"
            return Unavailable(what, code="reset")
        case other:
            what = f"{of_whom} gave no usable answer ({type(other).__name__})"
            return Unavailable(what, code="protocol")


def _cause(error: BaseException) -> BaseException:
    """Return what urllib3 wrapped, if it wrapped something."""
    if isinstance(error, HTTPError) and not isinstance(error, PoolTimeout):
        for part in reversed(error.args):
            if isinstance(part, Exception):
                return _cause(part)
    return error


#: What a call through urllib3's pool may raise for reasons on the wire.
NETWORK_ERRORS = (Fault, HTTPError, OSError)
