"""Ingram Micro's token endpoints and its try-out relay for order-status webhooks.

That the relay passes body and signature on unchanged is an assumption; Ingram
does not show it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import SplitResult, parse_qs, urlsplit
from uuid import uuid4

from sandbox.faults import applies
from sandbox.http.fault import Fault, Kind
from sandbox.http.message import (
    JSON,
    Answer,
    Exchange,
    Request,
    bearer,
    json_answer,
    read_json,
)
from sandbox.partners.tokens import Tokens
from sandbox.settings import SandboxSettings

_PASSED_ON = (
    "content-type",
    "x-hub-signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NO_ANSWER = frozenset(
    {Kind.DROP, Kind.RESET, Kind.APPLY_THEN_DROP, Kind.TRUNCATE, Kind.HUGE_BODY}
)


class Ingram:
    """Gives tokens and relays notifications.

    Args:
        settings: who may ask, and which hosts are our own.
        tokens: Ingram's own.
        deliver: hands a request to this sandbox itself.
    """

    def __init__(
        self,
        settings: SandboxSettings,
        tokens: Tokens,
        deliver: Callable[[Request], Exchange],
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._deliver = deliver

    def token(self, request: Request, fault: Fault | None) -> Answer:  # noqa: ARG002 - a token has no effect to withhold
        """Answer a token request: GET by query, POST by form."""
        sent = request.body.decode("utf-8", "replace")
        pairs = parse_qs(sent if request.method == "POST" else request.query)
        given = {name: values[0] for name, values in pairs.items()}
        wanted = {
            "grant_type": "client_credentials",
            "client_id": self._settings.ingram_client_id,
            "client_secret": self._settings.ingram_client_secret,
        }
        for name, value in wanted.items():
            if given.get(name) != value:
                return json_answer(400, {"message": f"Invalid {name}"})
        life = int(self._tokens.lifetime)
        document = {
            "access_token": self._tokens.issue(),
            "token_type": "Bearer",
            "expires_in": (
                str(life) if self._settings.ingram_numbers_as_text else life
            ),
        }
        return json_answer(200, document)

    def relay(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /ingram/resellers/v1/webhooks/orderstatusevent`."""
        if not self._tokens.valid(bearer(request)):
            code = "keymanagement.service.invalid_access_token"
            return json_answer(401, _fault("Invalid Access Token", code))
        for name in ("targeturl", "x-hub-signature"):
            if not request.headers.get(name):
                return json_answer(400, _errors(name, "is required"))
        try:
            event_id = _event_id(request.body)
        except ValueError:
            return json_answer(400, _errors("body", "is not a JSON object"))
        target = request.headers["targeturl"]
        facts = {"event_id": event_id, "target": target}
        if not applies(fault):
            return replace(_relayed(None), facts=facts)
        return replace(_relayed(self._passed_on(request, target)), facts=facts)

    def _passed_on(self, request: Request, target: str) -> Exchange | None:
        """Deliver to a receiver of ours; elsewhere nothing is sent."""
        try:
            url = urlsplit(target)
        except ValueError:
            return None
        own = self._ours(url, request.headers.get("host", ""))
        if not own or not url.path.startswith("/receivers/"):
            return None
        kept = {
            name: request.headers[name]
            for name in _PASSED_ON
            if name in request.headers
        }
        kept["via"] = "1.1 ingram"
        return self._deliver(Request("POST", url.path, url.query, kept, request.body))

    def _ours(self, url: SplitResult, called_as: str) -> bool:
        """Whether a target is this sandbox, which was itself called by some name."""
        if url.hostname in self._settings.own_hosts or url.netloc == called_as:
            return True
        port = url.netloc.rpartition(":")[2]
        return url.hostname in _LOOPBACK and port == called_as.rpartition(":")[2]


def _event_id(body: bytes) -> str:
    document = read_json(body)
    if not isinstance(document, dict):
        raise ValueError("the body is no JSON object")  # noqa: TRY004 - one failure: unreadable
    return next(
        (str(value) for name, value in document.items() if name.lower() == "eventid"),
        "",
    )


def _relayed(passed_on: Exchange | None) -> Answer:
    """200 with nothing when the target took it or is none of ours, else 500."""
    if passed_on is None:
        return Answer(200)
    answer, fault = passed_on.answer, passed_on.fault
    lost = fault is not None and fault.kind in _NO_ANSWER
    if lost or answer.status not in range(200, 300):
        document = _fault("Internal Server Error", "messaging.adaptors.http.error")
        return replace(json_answer(500, document), wait=answer.wait)
    return Answer(200, b"", JSON, wait=answer.wait)


def _fault(text: str, code: str) -> Mapping[str, object]:
    return {"fault": {"faultstring": text, "detail": {"errorcode": code}}}


def _errors(field: str, message: str) -> Mapping[str, object]:
    fields = [{"field": field, "message": message, "value": None}]
    error = {
        "id": str(uuid4()),
        "type": "Validation",
        "message": f"{field} {message}",
        "fields": fields,
    }
    return {"errors": [error]}
