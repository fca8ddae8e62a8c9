"""Why a connection to Redis failed, in words: TLS, name look-up, or nobody there."""

import socket
import ssl
from collections.abc import Iterator

import redis


def connection_failure(error: redis.RedisError) -> str:
    """Say what kept a connection from being made, and what to do; "" if unknown.

    redis-py makes one class of all of them; what it met stands behind its error.
    """
    for met in _behind(error):
        if what := _met(met):
            return what
    return ""


def _behind(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    met: BaseException | None = error
    while met is not None and id(met) not in seen:
        seen.add(id(met))
        yield met
        met = met.__cause__ or met.__context__


def _met(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"shows a certificate that is refused: {error.verify_message}; name who"
                " is trusted with ?ssl_ca_certs=FILE, or correct the host's name"
            )
        case ssl.SSLError():
            reason = (error.reason or "no reason given").replace("_", " ").lower()
            return (
                f"comes to no TLS connection: {reason}; does this port speak TLS, and"
                " do both sides take the other's version and certificate?"
            )
        case socket.gaierror():
            return "has a host's name that cannot be looked up; is the URL right?"
        case FileNotFoundError() | PermissionError():
            return (
                f"cannot be reached: {error.strerror}; is the path in the URL right,"
                " and may this user read it?"
            )
    return ""
