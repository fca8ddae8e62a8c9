"""Views of an endpoint: row, document, full text; no secret, no whole URL."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from waybill.console import iso, moment, span
from waybill.endpoints.snapshot import EndpointSnapshot
from waybill.status.reasons import closed_why, gate_word
from workers.fields.names import name_of
from workers.partners.ingram.answer_table import AnswerMeaning, AnswerTable
from workers.partners.ingram.endpoint_settings import Endpoint, EndpointSecret

COLUMNS = ("endpoint", "mode", "host", "state", "waiting", "leased", "gate")

#: Of an object of `list --json`.
MEMBERS = (
    "name",
    "mode",
    "host",
    "enabled",
    "disabled_at",
    "why",
    "failing_since",
    "failures",
    "given_up",
    "last_failure",
    "will_be_disabled",
    "waiting",
    "leased",
    "gate_closed_until",
    "gate_why",
    "reasons",
)

#: What becomes of a notification that is answered so.
MEANINGS: dict[AnswerMeaning, str] = {
    "done": "delivered",
    "again": "comes again after the next pause",
    "give_up": "a dead letter at once",
    "disable": "the endpoint is disabled; the notification waits until it is enabled",
}


def row(seen: EndpointSnapshot) -> tuple[str, ...]:
    """A table's row, in the order of `COLUMNS`."""
    state = seen.state
    numbers = str(state.waiting), str(state.leased)
    settings = seen.settings
    host = host_of(settings.target_url)
    return seen.name, settings.mode, host, word(seen), *numbers, gate_word(seen.gate)


def host_of(url: str) -> str:
    """The host alone: path and query may hold what only the receiver should know."""
    return urlsplit(url).hostname or ""


def word(seen: EndpointSnapshot) -> str:
    """Its state in a few words."""
    state = seen.state
    if state.disabled:
        since = f" since {moment(state.disabled_ms)}" if state.disabled_ms else ""
        return f"disabled{since}{state.why and f': {state.why}'}"
    if state.failing_ms is not None:
        return f"failing since {moment(state.failing_ms)}"
    return "enabled"


def reasons(seen: EndpointSnapshot) -> Iterator[str]:
    """Why an operator should act, with what to do."""
    name, state = seen.name, seen.state
    if state.disabled:
        yield f"{name} is {word(seen)}; mend it, then waybill endpoints enable {name}"
    elif seen.fails and state.failing_ms is not None:
        what = f"{name} has failed since {moment(state.failing_ms)}: {state.failures}"
        what += f" calls, the last with {state.code}"
        if state.given_up:
            what += f"; given up: {state.given_up}"
        if seen.disabled_at_ms is not None:
            what += f"; if this goes on it is disabled {moment(seen.disabled_at_ms)}"
        yield what
    if not seen.signing:
        yield f"no secret of {name} signs now; nothing can be sent to it"


def document(seen: EndpointSnapshot) -> dict[str, object]:
    """The object of `list --json`, and the beginning of that of `show --json`."""
    state, gate = seen.state, seen.gate
    return {
        "name": seen.name,
        "mode": seen.settings.mode,
        "host": host_of(seen.settings.target_url),
        "enabled": not state.disabled,
        "disabled_at": _when(state.disabled_ms),
        "why": state.why,
        "failing_since": _when(state.failing_ms),
        "failures": state.failures,
        "given_up": state.given_up,
        "last_failure": state.code,
        "will_be_disabled": _when(seen.disabled_at_ms),
        "waiting": state.waiting,
        "leased": state.leased,
        "gate_closed_until": _when(gate.until_ms),
        "gate_why": None if gate.until_ms is None else closed_why(gate),
        "reasons": list(reasons(seen)),
    }


def details(seen: EndpointSnapshot) -> dict[str, object]:
    """The rest of the object of `show --json`."""
    settings, limits = seen.settings, seen.limits
    return {
        "events": list(settings.events),
        "body": settings.body,
        "late_facts": settings.late_facts,
        "hub_encoding": settings.hub_encoding,
        "headers": list(settings.headers),
        "traceparent": settings.traceparent,
        "client_certificate": settings.client_certificate or None,
        "secrets": [_secret(one, seen) for one in settings.secrets],
        "max_leased": limits.max_leased,
        "calls_per_minute": limits.calls_per_minute,
        "after_dead_letter": settings.after_dead_letter,
        "retry_pauses": list(limits.retry.pauses),
        "retry_pauses_from": _pauses_from(settings),
        "answers": {
            status: means for status, means, _ in AnswerTable(settings.answers).rows()
        },
    }


def lines(seen: EndpointSnapshot) -> Iterator[tuple[str, str]]:
    """All of an endpoint but its answers, for a person: name and value."""
    settings, limits = seen.settings, seen.limits
    yield "endpoint", seen.name
    yield "state", word(seen)
    yield "waiting", f"{seen.state.waiting}, and {seen.state.leased} under way"
    yield "gate", gate_word(seen.gate)
    yield "mode", settings.mode
    yield "host", host_of(settings.target_url)
    yield "events", ", ".join(settings.events) or "all"
    yield "body", settings.body
    yield "late facts", _late_facts(settings.late_facts)
    yield "x-hub-signature", settings.hub_encoding
    for place, secret in enumerate(settings.secrets, 1):
        yield f"secret {place}", _secret_text(secret, seen)
    yield "headers", ", ".join(settings.headers) or "none besides ours"
    yield (
        "traceparent",
        "sent" if settings.traceparent else "not sent",
    )
    yield "certificate", settings.client_certificate or "none of ours"
    rate = f"{limits.calls_per_minute:g} a minute" if limits.calls_per_minute else "any"
    yield "limits", f"{limits.max_leased} under way at one time, rate: {rate}"
    yield "dead letter", _after(settings.after_dead_letter)
    yield "attempts", _attempts(limits.retry.pauses)
    yield "pauses from", _pauses_from(settings)


def answer_rows(seen: EndpointSnapshot) -> Iterator[tuple[str, str, str]]:
    """The table of answers: status, its name, what it means."""
    for status, means, phrase in AnswerTable(seen.settings.answers).rows():
        yield status, phrase, MEANINGS[means]


def _after(wanted: str) -> str:
    if wanted == "hold":
        return "the order's next ones wait until it is replayed or discarded"
    return "the order's next ones go on"


def _late_facts(wanted: str) -> str:
    if wanted == "keep":
        return "kept; not notified of what comes after its stage"
    return "notified as im::updated"


def _pauses_from(settings: Endpoint) -> str:
    """The setting that holds its retry schedule."""
    own = settings.retry_pauses is not None
    return name_of(("ingram", "endpoints" if own else "retry_pauses"))


def _attempts(pauses: tuple[float, ...]) -> str:
    if not pauses:
        return "1"
    listed = ", ".join(map(span, pauses))
    return f"{len(pauses) + 1} within {span(sum(pauses))}; pauses: {listed}"


def _secret_text(secret: EndpointSecret, seen: EndpointSnapshot) -> str:
    signing = seen.signing
    now = "signs webhook-signature" if secret in signing else "does not sign now"
    if signing and secret is signing[0]:
        now = "signs x-hub-signature and webhook-signature"
    times = (("from", secret.valid_from), ("until", secret.until))
    shown = [
        f"{word} {at:%Y-%m-%d %H:%M:%S %Z}" for word, at in times if at is not None
    ]
    return ", ".join([now, *shown])


def _secret(secret: EndpointSecret, seen: EndpointSnapshot) -> dict[str, object]:
    signing = seen.signing
    return {
        "from": secret.valid_from and secret.valid_from.isoformat(),
        "until": secret.until and secret.until.isoformat(),
        "signs": any(one is secret for one in signing),
        "signs_hub": bool(signing) and secret is signing[0],
    }


def _when(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)
