"""Source of the access token that all workers share; renews it in time."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Literal
from uuid import uuid4

import redis

from serializers.formats.ids import hash_parts
from serializers.oauth import Token
from tasks.outcomes.errors import NotYet, PartnerError, PermanentError, TransientError
from workers.fields.instance import Instance
from workers.http.client import HttpClient
from workers.partners.oauth.token_request import Credential, ask, life
from workers.partners.oauth.token_store import Taken, TokenStore
from workers.partners.observer import NOBODY, Observer

#: For so long a process uses a token without asking Redis.
CACHE_SECONDS: Final = 5.0
#: A token is renewed so long before its end, but in its last tenth at most.
EARLY: Final = 60.0
#: Nobody asks again for so long after a refusal that a person must mend.
REFUSED_SECONDS: Final = 300.0
#: After another failure the pause grows from the first to the last.
PAUSES: Final = (5.0, 60.0)
#: One token a minute may be thrown away because a partner refused it.
REJECTED_SECONDS: Final = 60.0
#: How often Redis is looked at while another process asks.
LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Cached:
    token: str = field(repr=False)
    until: float


class TokenSource:
    """One credential's token; any number of threads and processes may ask at once.

    Args:
        redis: with `decode_responses=False`; the token is in `keys.token`.
        http: sends the request.
        instance: whose; names the key, and the settings in messages.
        url: the token endpoint.
        client_id: of the credential.
        client_secret: of the credential.
        resource: sent when not empty.
        method: how the endpoint is asked.
        deadline: seconds for asking, and for waiting for somebody who asks.
        retry_after_max: the most seconds of the endpoint's Retry-After that are
            honoured.
        clock: monotonic seconds.
        dice: numbers in [0, 1) for the jitter of pauses.
        observer: looks at the endpoint's answers.
    """

    def __init__(  # noqa: PLR0913 - a credential has so many parts
        self,
        redis: "redis.Redis",
        http: HttpClient,
        *,
        instance: Instance,
        url: str,
        client_id: str,
        client_secret: str,
        retry_after_max: float,
        resource: str = "",
        method: Literal["GET", "POST"] = "POST",
        deadline: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        dice: Callable[[], float] = random.random,
        observer: Observer = NOBODY,
    ) -> None:
        self._credential = Credential(
            instance, url, client_id, client_secret, resource, method, deadline
        )
        self._http = http
        self._observer = observer
        self._store = TokenStore(
            redis,
            credential_name(instance.destination, url, client_id, client_secret),
        )
        self._retry_after_max = retry_after_max
        self._clock = clock
        self._dice = dice
        self._cached: _Cached | None = None
        self._refused = ""
        self._turn = Lock()

    def token(self) -> str:
        """Return a token that was good a moment ago.

        Raises:
            NotYet: there is none now; "token_unavailable" when its endpoint or
                Redis does not answer, "token_refused" when a person must look, and
                what a proxy of ours or a certificate's file is at fault for.
        """
        try:
            return self._fresh() or self._shared()
        except redis.RedisError as error:
            what = f"Redis did not answer when {self._credential.title}'s token was due"
            raise self._not_yet("token_unavailable", what, PAUSES[0]) from error

    def rejected(self, token: str) -> None:
        """Forget a token that the partner refused, unless it was replaced already.

        Raises:
            NotYet: Redis does not answer.
        """
        self._refused = token
        name = self._credential.title
        what = f"{name} refuses even new tokens; look at its access for us"
        try:
            self._store.reject(token, REJECTED_SECONDS, "token_refused", what)
        except redis.RedisError as error:
            what = f"Redis did not answer when {name}'s token was refused"
            raise self._not_yet("token_unavailable", what, PAUSES[0]) from error

    def _fresh(self) -> str:
        """Return what this process has just seen, "" if that is too long ago."""
        cached = self._cached
        if cached is None or self._clock() >= cached.until:
            return ""
        # Another thread may have put a refused token back, having asked before.
        return "" if cached.token == self._refused else cached.token

    def _shared(self) -> str:
        owner = uuid4().hex
        # One thread of a process asks Redis; the others find what it found.
        if not self._turn.acquire(timeout=self._credential.deadline):
            what = f"{self._credential.of_whom} was asked by too many at once"
            raise self._not_yet("token_unavailable", what, PAUSES[0])
        try:
            if fresh := self._fresh():
                return fresh
            taken = self._taken(owner)
            if taken.verdict == "ask":
                return self._asked(owner, taken)
            self._cache(taken.token, taken.seconds)
        finally:
            self._turn.release()
        if taken.verdict == "refresh":
            # While this thread renews the token, the old one serves all others.
            return self._renewed(owner, taken)
        return taken.token

    def _taken(self, owner: str) -> Taken:
        """Return a token or the right to ask for one; wait while others ask."""
        deadline = self._credential.deadline
        until = self._clock() + deadline
        while True:
            # The lock outlasts the request, and ends when its owner has died.
            taken = self._store.take(owner, deadline + 1)
            match taken.verdict:
                case "failed":
                    raise self._not_yet(taken.code, taken.message, taken.seconds)
                case "wait" if self._clock() < until:
                    time.sleep(LOOK_SECONDS)
                case "wait":
                    what = f"{self._credential.of_whom} has been asked, no answer yet"
                    raise self._not_yet("token_unavailable", what, PAUSES[0])
                case _:
                    return taken

    def _asked(self, owner: str, taken: Taken) -> str:
        try:
            token = ask(self._http, self._credential, self._observer)
        except PartnerError as error:
            raise self._failed(owner, taken, error) from error
        self._keep(owner, token, taken.now)
        return token.access_token

    def _renewed(self, owner: str, taken: Taken) -> str:
        try:
            return self._asked(owner, taken)
        except NotYet:
            # Everybody has been refused; the old one is still good.
            return taken.token

    def _keep(self, owner: str, token: Token, now: float) -> None:
        seconds = life(token, now)
        early = min(EARLY, seconds / 10)
        self._store.store(owner, token.access_token, seconds, seconds - early)
        self._cache(token.access_token, seconds)

    def _cache(self, token: str, seconds: float) -> None:
        until = self._clock() + min(CACHE_SECONDS, seconds)
        self._cached = _Cached(token, until)

    def _failed(self, owner: str, taken: Taken, error: PartnerError) -> NotYet:
        code, after = "token_unavailable", self._pause(taken.failures)
        match error:
            case PermanentError():
                code, after = "token_refused", REFUSED_SECONDS
            case TransientError(retry_after=float(asked)):
                after = max(after, min(asked, self._retry_after_max))
            case NotYet():
                code, after = error.code, error.after
        self._store.fail(owner, after, code, str(error))
        return self._not_yet(code, str(error), after)

    def _pause(self, failures: int) -> float:
        first, last = PAUSES
        longest = min(last, first * 2.0 ** min(failures + 1, 10))
        return first + (longest - first) * self._dice()

    def _not_yet(self, code: str, what: str, after: float) -> NotYet:
        return NotYet(what, code=code, after=after, shared=True)


def credential_name(name: str, *credential: str) -> str:
    """Name the token of this very credential: a new secret starts anew."""
    return f"{name}:{hash_parts(*credential).hex()[:12]}"
