"""Test notification to one endpoint, and the meaning of its answer."""

from dataclasses import dataclass

from serializers.formats.ids import event_id
from serializers.formats.instants import rfc3339
from serializers.ingram import encode
from tasks.outcomes.errors import NotYet, PartnerError, PermanentError
from workers.partners.ingram.answer_table import AnswerMeaning, AnswerTable
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.endpoint_settings import Endpoint

#: What a test speaks of, where the endpoint does not want other events only.
USUAL_EVENT = "im::order_shipped"
#: No ERP's order.
ORDER = "WAYBILL-TEST"


@dataclass(frozen=True, slots=True)
class Trial:
    """How a test went.

    Attributes:
        status: what was answered, None for no answer.
        ms: until the answer; 0 without one.
        means: what becomes of a notification that fares like this.
        code: how it failed without an answer, "" with one.
        explanation: what it means, and what to do.
    """

    endpoint: str
    event_id: str
    event_type: str
    status: int | None
    ms: int
    means: AnswerMeaning
    code: str
    explanation: str

    @property
    def well(self) -> bool:
        return self.means == "done"


def probed(client: IngramClient, name: str, settings: Endpoint, now_ms: int) -> Trial:
    """Send a test; whatever happens is its result.

    Args:
        client: knows the endpoint.
        name: the endpoint's.
        settings: the endpoint's.
        now_ms: UTC ms; the event's id is made from it.
    """
    named = event_id("test", name, str(now_ms))
    kind = settings.events[0] if settings.events else USUAL_EVENT
    body = encode.encode(_notification(named, kind, now_ms), settings.body)
    try:
        reply, beginning = client.test(name, named, body)
    except PartnerError as error:
        means, explanation = unanswered(error)
        return Trial(name, named, kind, None, 0, means, error.code, explanation)
    means = AnswerTable(settings.answers).of(reply.status)
    explanation = answered(settings.mode, reply.status, means, beginning)
    ms = round(reply.milliseconds)
    return Trial(name, named, kind, reply.status, ms, means, "", explanation)


def answered(mode: str, status: int, means: AnswerMeaning, beginning: str) -> str:
    """What an answer means.

    Args:
        mode: relay or direct.
        status: of the answer.
        means: by the endpoint's table.
        beginning: the beginning of an answer that is not a 2xx, without secrets.
    """
    words = f'It answered: "{beginning}". ' if beginning else ""
    if means == "done":
        relayed = " Ingram took it; whether the target did is not known."
        return "A notification answered so is delivered." + relayed * (mode == "relay")
    what = {
        "again": "A notification answered so comes again after the next pause.",
        "give_up": "A notification answered so becomes a dead letter at once.",
        "disable": "A notification answered so disables the endpoint and waits.",
    }[means]
    return " ".join(filter(None, (words + what, _advice(status))))


def unanswered(error: PartnerError) -> tuple[AnswerMeaning, str]:
    """What no answer means, and what to do."""
    match error:
        case NotYet():
            return "again", f"{error}. Nothing was sent; notifications wait."
        case PermanentError():
            return "give_up", f"{error}. A notification becomes a dead letter at once."
        case _:
            again = "A notification that meets this comes again after the next pause."
            return "again", f"{error}. {again}"


def _advice(status: int) -> str:
    if status in (401, 403):
        return (
            "Does the receiver check our signature with the right secret (waybill"
            " verify finds), or does it want a header of its own?"
        )
    if 300 <= status < 400:  # noqa: PLR2004 - the 3xx class
        return "Redirects are never followed: target_url must be the last address."
    if status in (404, 405):
        return "Is target_url the receiver's very path, and does it take POST?"
    return ""


def _notification(named: str, kind: str, now_ms: int) -> encode.Notification:
    line = encode.NotificationLine(
        line_number="10",
        sub_order_number=ORDER,
        line_status="IM::shipped",
        ingram_part_number=ORDER,
        vendor_part_number="",
        requested_quantity="1",
        shipped_quantity="1",
        backordered_quantity="",
    )
    resource = encode.Resource(kind, ORDER, ORDER, rfc3339(now_ms), (line,))
    return encode.Notification(named, rfc3339(now_ms), (resource,))
