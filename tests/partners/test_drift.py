"""Drift on real sockets: none where partners do as they document, else each named."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import redis as redis_library

from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from serializers.drift.shape import Kind, Shape
from serializers.errors import DecodeError
from tasks.outcomes.errors import PartnerError
from tests.http.raw_server import RawServer, answering
from tests.partners.drift_seen import Given, Seen
from tests.partners.mutated_calls import LINES
from tests.partners.partners import answer, westcon
from tests.partners.receivers import BODY
from waybill.sandbox import environment
from workers.http.client import HttpClient
from workers.partners.observer import NOBODY, Observer
from workers.partners.registry import spec_of
from workers.settings.settings import Settings
from workers.wiring.calls import reach_of

#: An order that the stand-in knows, and its customer.
NUMBER, CUSTOMER = "60012345", "C-7"


def _fail(*_: object) -> None:
    raise RuntimeError


class Calls:
    """Every call of the partners' clients, as a worker's settings make them."""

    def __init__(
        self, sandbox: Sandbox, redis: "redis_library.Redis", seen: Seen, form: str
    ) -> None:
        more = {
            "WAYBILL_DECK__FORMAT": form,
            "WAYBILL_DECK__READ_BACK": "true",
        }
        self.settings = Settings.load(environment(sandbox.url) | more)
        self.redis, self.seen = redis, seen

    def client(self, partner: str) -> Any:
        reach = reach_of(
            self.settings, partner, client=self.redis, observer=self.seen.observer
        )
        return spec_of(partner).calls().client(self.settings.sections[partner], reach)

    def order_status(self) -> None:
        self.client("westcon").order_status("W", (NUMBER,))

    def unknown_order(self) -> None:
        self.client("westcon").order_status("W", ("60099999",))

    def shipment_detail(self) -> None:
        self.client("westcon").shipment_detail("W", NUMBER)

    def link(self) -> None:
        self.client("deck").link("SO-1", CUSTOMER)

    def direct(self) -> None:
        self.client("ingram").send("acme", "EV1", BODY, 1)

    def relayed(self) -> None:
        self.client("ingram").send("globex", "EV1", BODY, 1)

    def all(self) -> tuple[Callable[[], None], ...]:
        return (
            self.order_status,
            self.unknown_order,
            self.shipment_detail,
            self.link,
            self.direct,
            self.relayed,
        )


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture(params=["json", "xml", "form"])
def calls(
    sandbox: Sandbox,
    redis: "redis_library.Redis",
    seen: Seen,
    request: pytest.FixtureRequest,
) -> Calls:
    sandbox.orders.final(NUMBER)
    return Calls(sandbox, redis, seen, getattr(request, "param", "json"))


#: Once is enough for what DECK's format does not change.
only_json = pytest.mark.parametrize("calls", ["json"], indirect=True)


def test_partners_that_do_as_they_document_have_no_drift(
    calls: Calls, seen: Seen
) -> None:
    for call in calls.all():
        call()

    assert seen.samples == {}


@only_json
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_nor_have_their_documented_refusals(
    sandbox: Sandbox, calls: Calls, seen: Seen, status: int
) -> None:
    body = json.dumps({"statusCode": status, "message": "no"})
    sandbox.faults.order("westcon.*", Fault.status(status, body), None)
    sandbox.faults.order(
        "deck.*", Fault.status(status, json.dumps({"Message": "no"})), None
    )
    sandbox.faults.order("receiver.*", Fault.status(status, "anything"), None)
    for call in calls.all():
        with suppress(PartnerError, DecodeError):
            call()

    assert seen.samples == {}


@only_json
@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            Fault.html_200(),
            {("envelope", "", "HTML"), ("content-type", "content-type", "text/html")},
        ),
        (Fault.empty_200(), {("envelope", "", "nothing")}),
        (Fault.invalid_json(), {("envelope", "", "not JSON")}),
        (
            Fault.wrong_content_type("text/plain"),
            {("content-type", "content-type", "text/plain")},
        ),
        (Fault.redirect("https://elsewhere.example/"), {("redirect", "", "302")}),
        (Fault.gzipped(), {("encoding", "", "compressed")}),
        (Fault.single_object(), {("type", "mt_orderstatus_response", "object")}),
        (Fault.json_in_json(), {("envelope", "", "text")}),
        (Fault.pascal_keys(), set()),
        (Fault.dates("32.13.2026"), {("value", "statusdate", "99.99.9999")}),
        (
            Fault.values(lineQuantity="two", lineStatusCode="zzz"),
            {("value", "linequantity", "a"), ("status", "linestatuscode", "ZZZ")},
        ),
        (Fault.status(206, "{}"), {("http-status", "", "206")}),
        (
            Fault.status(429, "{}", {"Retry-After": "soon", "X-RateLimit-Left": "0"}),
            {
                ("retry-after", "retry-after", "a"),
                ("rate-limit", "x-ratelimit-left", ""),
                ("missing", "error", ""),
            },
        ),
    ],
)
def test_each_way_in_which_an_answer_differs_is_a_shape(
    sandbox: Sandbox,
    calls: Calls,
    seen: Seen,
    fault: Fault,
    found: set[tuple[str, str, str]],
) -> None:
    sandbox.faults.order("westcon.order_status", fault)

    with suppress(PartnerError):
        calls.order_status()

    last = {(s.kind, s.path.rpartition(".")[2], s.form) for s in seen.shapes}
    assert found <= last
    kinds = {kind for kind, _, _ in found}
    assert {kind for kind, _, _ in last} == kinds
    assert {(s.partner, s.interface) for s in seen.shapes} <= {
        ("westcon", "order status")
    }
    assert seen.places <= {"westcon"}


@only_json
def test_what_deck_and_receivers_answer_is_told_apart(
    sandbox: Sandbox, calls: Calls, seen: Seen
) -> None:
    sandbox.faults.order("deck.link", Fault.response_code(77, "new"))
    sandbox.faults.order("receiver.acme", Fault.status(520, "x", {"X-Quota": "1"}))
    sandbox.faults.order("ingram.relay", Fault.status(500, '{"errors": [{"new": 1}]}'))
    for call in (calls.link, calls.direct, calls.relayed):
        with suppress(PartnerError):
            call()

    assert seen.shapes == {
        Shape("deck", "order link", Kind.CODE, "responsecode", "77"),
        Shape("ingram", "receiver", Kind.HTTP_STATUS, "", "520"),
        Shape("ingram", "receiver", Kind.RATE_LIMIT, "x-quota", ""),
        Shape("ingram", "relay", Kind.FIELD, "errors[].new", "number"),
    }
    assert seen.places == {"deck", "ingram/acme", "ingram/globex"}


@only_json
def test_an_endpoints_token_is_looked_at_too(
    sandbox: Sandbox, calls: Calls, seen: Seen
) -> None:
    body = json.dumps({"error": "maintenance", "until": "2026-11-27"})
    sandbox.faults.order("token.microsoft", Fault.status(400, body))

    with suppress(PartnerError):
        calls.order_status()

    assert seen.brief() == {
        ("code", "error", "maintenance"),
        ("field", "until", "text"),
    }


PACKED = gzip.compress(json.dumps(LINES).encode(), mtime=0)


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (gzip.compress(PACKED, mtime=0), "gzip in gzip"),
        (json.dumps(LINES).encode("utf-16"), "UTF-16"),
        (b"\xef\xbb\xbf" + json.dumps(LINES).encode(), "UTF-8 with a mark"),
        (b"<Lines/>", "XML"),
        (json.dumps([LINES]).encode(), "list"),
    ],
)
def test_so_is_how_a_document_is_written(
    serve: Callable[..., RawServer],
    http: HttpClient,
    seen: Seen,
    body: bytes,
    form: str,
) -> None:
    server = serve(answering(answer(200, body)))
    tokens: Any = Given()
    client = westcon(server.url(""), http, tokens, observer=seen.observer)

    with suppress(PartnerError):
        client.order_status("W", (NUMBER,))

    assert ("envelope", "", form) in seen.brief()


def test_a_look_that_fails_changes_nothing_for_the_call(
    sandbox: Sandbox, redis: "redis_library.Redis"
) -> None:
    class Broken(Seen):
        """Has a defect."""

        @property
        def observer(self) -> Observer:
            return Observer(_fail)

    sandbox.orders.final(NUMBER)
    sandbox.faults.order("westcon.*", Fault.wrong_content_type(), None)
    calls = Calls(sandbox, redis, Broken(), "json")

    calls.order_status()


def test_who_asks_by_hand_notes_nothing(
    sandbox: Sandbox, redis: "redis_library.Redis"
) -> None:
    settings = Settings.load(environment(sandbox.url))

    assert reach_of(settings, "westcon", client=redis).observer is NOBODY
    assert isinstance(NOBODY, Observer)
