"""Call through the API gateway before Westcon's interfaces, and its refusals."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final

from serializers.drift.contract import Contract
from serializers.westcon.gateway_error import GatewayError, decode_gateway_error
from tasks.outcomes.errors import Throttled
from tasks.planning.rules import WESTCON as NAME
from workers.fields.instance import Instance
from workers.http import status
from workers.http.client import HttpClient, Reply
from workers.http.excerpt import masked
from workers.partners.oauth import bearer
from workers.partners.observer import NOBODY, Observer, Sight

WESTCON: Final = "Westcon"
#: The account that the settings without a name are.
ONLY: Final = Instance(NAME)
#: Seconds until the next call where a quota is used up and nothing names its end.
QUOTA_SECONDS: Final = 900.0


@dataclass(frozen=True, slots=True)
class WestconAccess:
    """What a Westcon account is asked with.

    Attributes:
        base_url: without a slash at the end.
        subscription_key: of the API portal, one per environment.
        partner_key: the reseller's, given by Westcon.
        language: of the descriptions.
        deadline: seconds for one question, a second token included.
        instance: which account it is.
    """

    base_url: str
    subscription_key: str = field(repr=False)
    partner_key: str = field(repr=False)
    language: str
    deadline: float
    instance: Instance = ONLY

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return self.instance.called(WESTCON)


@dataclass(frozen=True, slots=True)
class Question:
    """What is posted.

    Attributes:
        path: of the interface, after the base URL.
        body: JSON.
        max_bytes: the most bytes of the reply that are read.
        refused: whether an answer is one for which another token may help.
        of: the contract of its answer.
    """

    path: str
    body: bytes
    max_bytes: int
    refused: Callable[[Reply], bool]
    of: Contract


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply of any status, and what must not come back in a message.

    Attributes:
        reply: as it came.
        secrets: the keys, and every token that was sent.
        sight: how it is looked at.
    """

    reply: Reply
    secrets: tuple[str, ...] = field(repr=False)
    sight: Sight

    def hide(self, text: str) -> str:
        """Put masks over the secrets in a partner's text."""
        return masked(text, self.secrets)

    def error(self) -> GatewayError:
        """The body as the gateway's own error."""
        return decode_gateway_error(self.reply.body, self.hide)


class Gateway:
    """The gateway of one account.

    Args:
        http: shared by the process.
        tokens: shared by all workers.
        access: the account.
        clock: the present, aware.
        observer: looks at the answers.
    """

    def __init__(
        self,
        http: HttpClient,
        tokens: bearer.Tokens,
        access: WestconAccess,
        clock: Callable[[], datetime],
        observer: Observer = NOBODY,
    ) -> None:
        self._http = http
        self._tokens = tokens
        self.access = access
        self.clock = clock
        self._observer = observer
        self._place = access.instance.destination

    def post(self, question: Question) -> Answered:
        """Ask with the shared token, and once more with another that may help.

        Raises:
            NotYet: there is no token.
            Unavailable: no answer, or one that is too large.
        """
        secrets = [self.access.subscription_key, self.access.partner_key]
        sight = self._observer.sight(
            question.of, self._place, lambda text: masked(text, secrets)
        )

        def send(token: str, seconds: float) -> Reply:
            secrets.append(token)
            return sight.sent(lambda: self._send(token, question, seconds))

        reply = bearer.call(
            self._tokens,
            send,
            refused=question.refused,
            deadline=self.access.deadline,
            of_whom=self.access.title,
        )
        return Answered(reply, tuple(secrets), sight)

    def check_throttled(self, answered: Answered) -> None:
        """Let everything pass but a rate limit (429) and a spent quota (403).

        Raises:
            Throttled: with the seconds asked for.
        """
        reply, error = answered.reply, answered.error()
        throttled = reply.status == HTTPStatus.TOO_MANY_REQUESTS
        if throttled or (reply.status == HTTPStatus.FORBIDDEN and _quota(reply, error)):
            raise self._throttled(reply, error)

    def _throttled(self, reply: Reply, error: GatewayError) -> Throttled:
        asked = status.asked_to_wait(reply, self.clock())
        if asked is None:
            # The gateway's text distinguishes it as well: of a quota, or of a rate.
            asked = error.quota_seconds or error.wait_seconds
        if asked is None and error.quota:
            asked = QUOTA_SECONDS
        quoted = error.message and f": {error.message}"
        what = f"{self.access.title} answered {reply.status}{quoted}"
        return Throttled(what, code=f"http_{reply.status}", retry_after=asked)

    def _send(self, token: str, question: Question, seconds: float) -> Reply:
        headers = {
            "Authorization": f"Bearer {token}",
            "Ocp-Apim-Subscription-Key": self.access.subscription_key,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        return self._http.send(
            "POST",
            self.access.base_url + question.path,
            headers=headers,
            body=question.body,
            deadline=seconds,
            of_whom=self.access.title,
            max_bytes=question.max_bytes,
        )


def about_token(reply: Reply) -> bool:
    """Whether another token may help: a 401 that is not about the subscription key."""
    if reply.status != HTTPStatus.UNAUTHORIZED:
        return False
    return not decode_gateway_error(reply.body).subscription


def _quota(reply: Reply, error: GatewayError) -> bool:
    named = error.quota or error.quota_seconds is not None
    return named or "retry-after" in reply.headers
