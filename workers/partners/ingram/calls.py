"""Calls to Ingram Micro's endpoints: their client, measured, and its hints' work."""

from functools import partial

from tasks.execution.drain import HintRun
from tasks.execution.notify import notify
from tasks.planning.rules import INGRAM_PREFIX
from tasks.services import Ingram as Notified
from workers.fields.instance import Instance
from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.pool import Certificate
from workers.partners.calls import PartnerCalls, Stopwatch
from workers.partners.ingram.answer_table import AnswerTable
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.doctor import checks
from workers.partners.ingram.endpoint import Endpoint, Receivers, Secret
from workers.partners.ingram.endpoint_settings import Endpoint as EndpointSettings
from workers.partners.ingram.settings import Ingram
from workers.partners.ingram.start_checks import endpoint_faults
from workers.partners.oauth.token_source import TokenSource
from workers.partners.reach import Reach

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


CALLS: PartnerCalls[Ingram, Notified] = PartnerCalls(
    client=client,
    measured=_measured,
    work=_work,
    checks=checks,
    faults=endpoint_faults,
)
