"""Receivers of notifications: they verify, take each event once, remember all."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import unquote

from sandbox.faults import applies
from sandbox.http.fault import Fault
from sandbox.http.message import TEXT, Answer, Request
from sandbox.http.transmit import shown_status
from sandbox.partners.ingram.notification import Notification, read_notification
from sandbox.partners.ingram.signed import objection
from sandbox.settings import SandboxSettings

_OF_INTEREST = (
    "content-type",
    "user-agent",
    "x-hub-signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "waybill-try",
    "waybill-sequence",
    "waybill-test",
    "via",
)
_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a receiver is; see `Receivers.behave`."""

    status: int = 200
    delay: float = 0.0
    strict: bool = True
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification as it arrived.

    Attributes:
        at: `time.monotonic()` of the sandbox's process.
        statuses: event types, each followed by the statuses of its lines.
        verified: whether the signatures are right; `reason` says why not.
        accepted: whether the receiver acted on it, a duplicate included.
        duplicate: whether it had acted on the same event id before.
        status: what was answered; 0 for no answer at all.
    """

    seq: int
    at_ms: int
    at: float
    receiver: str
    event_id: str
    order_number: str
    statuses: tuple[str, ...]
    verified: bool
    reason: str
    accepted: bool
    duplicate: bool
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Receivers:
    """Thread-safe; a receiver exists as soon as something is sent to it."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._behaviours: dict[str, Behaviour] = {}
        self._deliveries: deque[Delivery] = deque(maxlen=settings.deliveries_keep)
        self._applied: dict[str, dict[str, None]] = {}
        self._seq = 0

    def behave(
        self,
        name: str,
        *,
        status: int = 200,
        delay: float = 0.0,
        strict: bool = True,
        secrets: Sequence[str] = (),
    ) -> None:
        """Change a receiver until it is changed again.

        Args:
            name: which one.
            status: what it answers; it acts only if that is 2xx.
            delay: seconds before it answers.
            strict: whether it refuses with 401 what it cannot verify; else it
                takes it.
            secrets: accepted from now on; () means those of the settings.
        """
        changed = Behaviour(status, delay, strict, tuple(secrets))
        with self._lock:
            self._behaviours[name] = changed

    def deliveries(self, name: str | None = None) -> tuple[Delivery, ...]:
        """What a receiver, or all of them, got; refused deliveries as well."""
        with self._lock:
            return tuple(
                one for one in self._deliveries if name in {None, one.receiver}
            )

    def applied(self, name: str) -> tuple[str, ...]:
        """The event ids a receiver acted on, each once, in their order."""
        with self._lock:
            return tuple(self._applied.get(name, ()))

    def clear(self) -> None:
        """Forget all deliveries and behaviours."""
        with self._lock:
            self._behaviours.clear()
            self._deliveries.clear()
            self._applied.clear()

    def receive(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /receivers/{name}`."""
        name = receiver_name(request.path)
        if request.method != "POST":
            return Answer(405)
        note = read_notification(request.body)
        behaviour = self._behaviours.get(name, Behaviour())
        secrets = behaviour.secrets or self._secrets(name)
        reason = objection(request.headers, request.body, note.event_id, secrets)
        answer = self._answer(behaviour, reason, note)
        self._remember(name, request, note, reason, answer, fault)
        return answer

    def _answer(self, behaviour: Behaviour, reason: str, note: Notification) -> Answer:
        facts = {"event_id": note.event_id, "order": note.order_number}
        refused = bool(reason) and behaviour.strict
        status = 401 if refused else behaviour.status
        text = reason.encode() if refused else b""
        return Answer(status, text, TEXT, facts=facts, wait=behaviour.delay)

    def _remember(
        self,
        name: str,
        request: Request,
        note: Notification,
        reason: str,
        answer: Answer,
        fault: Fault | None,
    ) -> None:
        accepted = answer.status in _GOOD and applies(fault)
        headers = {k: request.headers[k] for k in _OF_INTEREST if k in request.headers}
        with self._lock:
            applied = self._applied.setdefault(name, {})
            self._seq += 1
            delivery = Delivery(
                seq=self._seq,
                at_ms=time.time_ns() // 1_000_000,
                at=time.monotonic(),
                receiver=name,
                event_id=note.event_id,
                order_number=note.order_number,
                statuses=note.statuses,
                verified=not reason,
                reason=reason,
                accepted=accepted,
                duplicate=note.event_id in applied,
                status=shown_status(answer, fault),
                headers=headers,
                body=request.body,
            )
            self._deliveries.append(delivery)
            if accepted:
                applied[note.event_id] = None

    def _secrets(self, name: str) -> tuple[str, ...]:
        fallback = (self._settings.receiver_fallback_secret,)
        return tuple(self._settings.receiver_secrets.get(name, fallback))


def receiver_name(path: str) -> str:
    """The receiver a path means."""
    return unquote(path.removeprefix("/receivers/"))
