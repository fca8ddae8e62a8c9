"""Notification client: signs and sends, to the target or by Ingram Micro's relay."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from serializers.drift.contract import Contract
from serializers.ingram.contract import RECEIVER
from serializers.ingram.contract import RELAY as RELAY_CONTRACT
from serializers.signatures.sign import hub_signature, webhook_signature
from tasks.outcomes.errors import Gone, NotYet, PermanentError, TransientError
from tasks.planning.rules import INGRAM_PREFIX
from workers.http import status
from workers.http.address_guard import TargetRules, check_syntax
from workers.http.client import HttpClient, Reply
from workers.http.excerpt import excerpt, masked
from workers.partners.ingram.answer_table import AnswerMeaning, is_fixed
from workers.partners.ingram.endpoint import Endpoint
from workers.partners.oauth import bearer
from workers.partners.oauth.token_source import TokenSource
from workers.partners.observer import NOBODY, Observer, Sight

RELAY: Final = "Ingram's relay"
PATH: Final = "/resellers/v1/webhooks/orderstatusevent"
#: What is read of a receiver's answer; 4 KiB of it are kept.
READ_BYTES: Final = 65_536
#: Seconds until a relay is tried again that refuses new tokens.
TOKEN_SECONDS: Final = 300.0
#: Seconds until an endpoint is tried again whose secrets have all ended.
SECRET_SECONDS: Final = 300.0


class IngramClient:
    """The receivers of Ingram notifications.

    Args:
        http: guarded; only direct targets are called with it.
        relay_http: calls Ingram's own API, which settings may put anywhere.
        tokens: for the relay; None when no endpoint uses it.
        endpoints: by name.
        rules: where targets may point.
        base_url: of Ingram's API, without a slash at the end.
        deadline: seconds for one notification, a second token included.
        clock: the present, aware; the signatures carry it.
        observer: looks at the answers.

    Raises:
        ValueError: an endpoint in relay mode, and no tokens.
    """

    def __init__(  # noqa: PLR0913 - two ways to send, and what both need
        self,
        http: HttpClient,
        *,
        relay_http: HttpClient,
        tokens: TokenSource | None,
        endpoints: Mapping[str, Endpoint],
        rules: TargetRules,
        base_url: str,
        deadline: float,
        clock: Callable[[], datetime],
        observer: Observer = NOBODY,
    ) -> None:
        if tokens is None and any(one.mode == "relay" for one in endpoints.values()):
            raise ValueError("an endpoint in relay mode needs Ingram's credentials")
        self._http = http
        self._relay_http = relay_http
        self._tokens = tokens
        self._endpoints = endpoints
        self._rules = rules
        self._url = base_url + PATH
        self._deadline = deadline
        self._clock = clock
        self._observer = observer

    def send(
        self,
        endpoint: str,
        event_id: str,
        body: bytes,
        attempts: int,
        number: int = 0,
        trace: str = "",
    ) -> int:
        """Send one notification, signed at this moment; return the 2xx it met.

        Args:
            endpoint: a name in the settings.
            event_id: the notification's, the same for every attempt.
            body: sent as it is, so that the signature is over these bytes.
            attempts: the number of this attempt, from 1.
            number: which of its order's notifications to this endpoint it is, from
                1; 0: not known.
            trace: the traceparent of this call, for who wants it; "": none.

        Raises:
            NotYet: no live secret; or, for the relay, no token or a refused one.
            Gone: 410; it wants no more.
            Throttled: 429.
            Unavailable: no status, 408, 425, 5xx. A status that has come stands,
                whatever becomes of the rest of its answer.
            TransientError: another 3xx or 4xx that the endpoint's table has come
                again.
            PermanentError: another 3xx or 4xx, a URL that may not be called, or no
                such endpoint.
        """
        extra = {"waybill-try": str(attempts)}
        if number:
            extra["waybill-sequence"] = str(number)
        receiver = self._receiver(endpoint)
        if receiver.traceparent and trace:
            extra["traceparent"] = trace
        reply, quoted = self._send(receiver, event_id, body, extra)
        verdict = receiver.answers.of(reply.status)
        if verdict != "done":
            of_whom = f"{endpoint} (relay)" if receiver.mode == "relay" else endpoint
            _fail(verdict, reply, of_whom, quoted, self._clock())
        return reply.status

    def test(self, endpoint: str, event_id: str, body: bytes) -> tuple[Reply, str]:
        """Send what is marked as a test; return any answer, and its text.

        Raises:
            NotYet, Unavailable, PermanentError: there was no answer; see `send`.
        """
        receiver = self._receiver(endpoint)
        extra = {"waybill-try": "1", "waybill-test": "true"}
        return self._send(receiver, event_id, body, extra)

    def _send(
        self, receiver: Endpoint, event_id: str, body: bytes, extra: Mapping[str, str]
    ) -> tuple[Reply, str]:
        """Sign and send; return the answer, and its text if it is not a 2xx."""
        signed = _signed(receiver, event_id, body, self._clock())
        headers = {**signed, **extra, "content-type": "application/json"}
        way = self._relay if receiver.mode == "relay" else self._direct
        reply = way(receiver, headers, body)
        if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            return reply, ""
        return reply, excerpt(reply.body, _hidden(receiver, headers))

    def _receiver(self, endpoint: str) -> Endpoint:
        receiver = self._endpoints.get(endpoint)
        if receiver is None:
            what = f"no endpoint is called {endpoint!r} in WAYBILL_INGRAM__ENDPOINTS"
            raise PermanentError(what, code="endpoint")
        return receiver

    def _direct(
        self, receiver: Endpoint, headers: dict[str, str], body: bytes
    ) -> Reply:
        own = {name.lower(): value for name, value in receiver.headers.items()}
        return self._sight(RECEIVER, receiver, headers).sent(
            lambda: self._http.send(
                "POST",
                receiver.target_url,
                headers=own | headers,
                body=body,
                deadline=self._deadline,
                of_whom=receiver.name,
                max_bytes=READ_BYTES,
                needs="status",
                verify=receiver.verify,
                cert=receiver.cert,
            )
        )

    def _sight(
        self, of: Contract, receiver: Endpoint, headers: Mapping[str, str]
    ) -> Sight:
        place = INGRAM_PREFIX + receiver.name
        # When it is used, the token of the call is among the headers.
        return self._observer.sight(
            of, place, lambda text: masked(text, _hidden(receiver, headers))
        )

    def _relay(self, receiver: Endpoint, headers: dict[str, str], body: bytes) -> Reply:
        # The target travels as a header and is resolved at Ingram, never by us.
        check_syntax(receiver.target_url, self._rules)
        headers["targeturl"] = receiver.target_url
        if self._tokens is None:
            raise AssertionError("no relay endpoint without tokens")
        sight = self._sight(RELAY_CONTRACT, receiver, headers)
        reply = bearer.call(
            self._tokens,
            lambda token, seconds: sight.sent(
                lambda: self._relayed(token, headers, body, seconds)
            ),
            refused=_about_token,
            deadline=self._deadline,
            of_whom=RELAY,
        )
        if _about_token(reply):
            words = excerpt(reply.body, _hidden(receiver, headers))
            what = f"{RELAY} refuses a new token as well{words and f': {words}'}; look"
            what += " at WAYBILL_INGRAM__CLIENT_ID and WAYBILL_INGRAM__BASE_URL"
            raise NotYet(what, code="token_refused", after=TOKEN_SECONDS, shared=True)
        return reply

    def _relayed(
        self, token: str, headers: dict[str, str], body: bytes, seconds: float
    ) -> Reply:
        headers["authorization"] = f"Bearer {token}"
        return self._relay_http.send(
            "POST",
            self._url,
            headers=headers,
            body=body,
            deadline=seconds,
            of_whom=RELAY,
            max_bytes=READ_BYTES,
            needs="status",
        )


def _signed(
    receiver: Endpoint, event_id: str, body: bytes, now: datetime
) -> dict[str, str]:
    """Return both signatures: Ingram's over the id, Standard Webhooks' over all."""
    secrets = receiver.live_secrets(now)
    if not secrets:
        what = f"no secret of {receiver.name} signs now; look at `from` and `until` in"
        what += " WAYBILL_INGRAM__ENDPOINTS"
        raise NotYet(what, code="secret", after=SECRET_SECONDS, shared=True)
    timestamp = int(now.timestamp())
    try:
        every = webhook_signature(secrets, event_id, timestamp, body)
        first = hub_signature(secrets[0], event_id, receiver.hub_encoding)
    except ValueError as error:
        what = f"for {receiver.name}: {error}"
        raise PermanentError(what, code="secret") from error
    return {
        "x-hub-signature": first,
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": every,
    }


def _fail(
    verdict: AnswerMeaning, reply: Reply, of_whom: str, quoted: str, now: datetime
) -> None:
    """Turn an answer that is not a 2xx into an error; see `IngramClient.send`."""
    what = f"{of_whom} answered {reply.status}{quoted and f': {quoted}'}"
    code = f"http_{reply.status}"
    if verdict == "disable":
        raise Gone(what, code=code)
    if verdict == "again" and not is_fixed(reply.status):
        asked = status.asked_to_wait(reply, now)
        raise TransientError(what, code=code, retry_after=asked)
    status.check(reply, of_whom, now=now, quoted=quoted)


def _about_token(reply: Reply) -> bool:
    return reply.status == HTTPStatus.UNAUTHORIZED


def _hidden(receiver: Endpoint, headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return what must not come back in a message, were it sent back to us."""
    token = headers.get("authorization", "").removeprefix("Bearer ")
    signatures = headers["webhook-signature"].split()
    return (*receiver.hidden(), token, headers["x-hub-signature"], *signatures)
