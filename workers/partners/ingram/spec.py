"""Partner specification of Ingram Micro, whose endpoints are notified."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tasks.destination import Destination
from tasks.execution.drain import HintRun
from tasks.execution.notify import notify
from tasks.planning.rules import INGRAM_PREFIX, EndpointRule, PlanRules
from tasks.services import Ingram as Notified
from workers.fields.instance import Instance
from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.pool import Certificate
from workers.partners.ingram.answer_table import AnswerTable
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.doctor import checks
from workers.partners.ingram.endpoint import Endpoint, Receivers, Secret
from workers.partners.ingram.endpoint_settings import Endpoint as EndpointSettings
from workers.partners.ingram.settings import Ingram
from workers.partners.oauth.token_source import TokenSource
from workers.partners.reach import Reach
from workers.partners.spec import PartnerSpec, Stopwatch, destination

NAME = INGRAM_PREFIX.rstrip("/")


def client(own: Ingram, reach: Reach) -> IngramClient:
    """The endpoints, each behind the guard of where a URL may point."""
    http, rules, tokens = reach.http(own), TargetRules(own.allowed_networks), None
    if own.client_id:
        tokens = TokenSource(
            reach.redis,
            http,
            instance=Instance(NAME),
            url=own.token_url,
            client_id=own.client_id,
            client_secret=own.client_secret.get_secret_value(),
            method=own.token_method,
            retry_after_max=own.retry_after_max,
            observer=reach.observer,
        )
    return IngramClient(
        reach.http(own, AddressGuard(rules)),
        relay_http=http,
        tokens=tokens,
        endpoints=Receivers(own.endpoints, _endpoint),
        rules=rules,
        base_url=own.base_url,
        deadline=reach.deadline,
        clock=reach.clock.now,
        observer=reach.observer,
    )


def _endpoint(name: str, settings: EndpointSettings) -> Endpoint:
    return Endpoint(
        name=name,
        mode=settings.mode,
        target_url=settings.target_url,
        secrets=tuple(
            Secret(one.value.get_secret_value(), one.valid_from, one.until)
            for one in settings.secrets
        ),
        hub_encoding=settings.hub_encoding,
        headers={n: v.get_secret_value() for n, v in settings.headers.items()},
        verify=settings.authority or True,
        cert=_certificate(settings),
        answers=AnswerTable(settings.answers),
        traceparent=settings.traceparent,
    )


def _certificate(settings: EndpointSettings) -> Certificate:
    if not settings.client_certificate:
        return None
    if not settings.client_key:
        return settings.client_certificate
    return settings.client_certificate, settings.client_key


class MeasuredIngram:
    """The endpoints, measured one by one."""

    def __init__(self, ingram: Notified, stopwatch: Stopwatch) -> None:
        self._ingram = ingram
        self._stopwatch = stopwatch

    def send(
        self,
        endpoint: str,
        event_id: str,
        body: bytes,
        attempts: int,
        number: int = 0,
        trace: str = "",
    ) -> int:
        """See `tasks.services.Ingram`; raises PartnerError."""
        send = self._ingram.send
        return self._stopwatch.time(
            INGRAM_PREFIX + endpoint,
            lambda: send(endpoint, event_id, body, attempts, number, trace),
        )


def _measured(notified: Notified, _own: Ingram, stopwatch: Stopwatch) -> Notified:
    return MeasuredIngram(notified, stopwatch)


def _work(notified: Notified) -> HintRun:
    return partial(notify, notified)


def _destinations(own: Ingram, lease: float) -> Iterator[Destination]:
    # One schedule for all that have no pauses of their own.
    usual = own.retry
    for name, endpoint in own.endpoints.items():
        most, rate = own.max_leased_of(endpoint), own.rate_of(endpoint)
        made = destination(INGRAM_PREFIX + name, own, most, rate, lease)
        pauses = endpoint.retry_pauses
        yield replace(
            made,
            retry=usual if pauses is None else replace(usual, pauses=pauses),
            holds=endpoint.after_dead_letter == "hold",
        )


def _rules(rules: PlanRules, own: Ingram) -> PlanRules:
    # Most endpoints want the same: those share one rule.
    shared: dict[EndpointRule, EndpointRule] = {}
    endpoints = {}
    for name, endpoint in own.endpoints.items():
        rule = EndpointRule(
            endpoint.body,
            frozenset(endpoint.events),
            late_facts=endpoint.late_facts == "tell",
        )
        endpoints[name] = shared.setdefault(rule, rule)
    return replace(rules, endpoints=endpoints)


INGRAM: PartnerSpec[Ingram, Notified] = PartnerSpec(
    name=NAME,
    title="Ingram",
    task="ingram.notify",
    settings=Ingram,
    client=client,
    measured=_measured,
    work=_work,
    destinations=_destinations,
    checks=checks,
    rules=_rules,
    roams=True,
)
