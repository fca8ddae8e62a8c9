"""Bearer-token calls; a refused token is renewed and the call repeated once."""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from tasks.outcomes.errors import NotYet
from workers.http.client import Reply


class Tokens(Protocol):
    """Where tokens come from; both may raise NotYet."""

    def token(self) -> str:
        """A token that was good a moment ago."""

    def rejected(self, token: str) -> None:
        """Forget a token that the partner refused."""


#: From a token and the seconds that are left to the answer.
Send = Callable[[str, float], Reply]


def call(
    tokens: Tokens,
    send: Send,
    *,
    refused: Callable[[Reply], bool],
    deadline: float,
    of_whom: str,
) -> Reply:
    """Send; if the token was refused, send once more with another.

    A token may end or be withdrawn under way; then the second call is the same attempt,
    since the first did nothing. The caller judges a second refusal.

    Args:
        tokens: where tokens come from.
        send: makes one call, within the seconds it is given.
        refused: whether an answer is about the token.
        deadline: seconds for all of it but the last wait for a token.
        of_whom: the partner's name, for messages.

    Raises:
        NotYet: there is no token, or it came too late to be used.
    """
    until = monotonic() + deadline
    token = tokens.token()
    reply = send(token, _left(until, of_whom))
    if not refused(reply):
        return reply
    tokens.rejected(token)
    return send(tokens.token(), _left(until, of_whom))


def _left(until: float, of_whom: str) -> float:
    left = until - monotonic()
    if left <= 0:
        what = f"the token for {of_whom} came too late to call with it"
        raise NotYet(what, code="token_unavailable", after=1.0)
    return left
