"""The parcel service as a partner: settings, client and spec."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from serializers.order_record import Order
from tasks.destination import Destination
from tasks.execution.drain import HintRun
from tasks.planning.rules import PlanRules, WatchRule
from tasks.polling.watch import Sighting, Watched, watch
from tests.toy.parcel import decode_reply, pack, unpack
from workers.fields.partner import Partner
from workers.fields.types import BaseUrl, Seconds, Secret
from workers.http import status
from workers.http.client import HttpClient
from workers.partners.calls import PartnerCalls, Stopwatch
from workers.partners.check import Check
from workers.partners.reach import Reach
from workers.partners.reachability import base_url
from workers.partners.spec import PartnerSpec, calls_of, destination

NAME = "toy"


class Toy(Partner):
    """Access to the parcel service."""

    NEEDED: ClassVar[tuple[str, ...]] = ("base_url", "api_key")

    base_url: BaseUrl = Field("", description="Where the parcel service is")
    api_key: Secret = Field(SecretStr(""), description="The parcel service's key")
    pause: Seconds = Field(60, description="Seconds between two looks at a parcel")

    @property
    def longest_look(self) -> float:
        """Seconds between two looks at an order, at most."""
        return self.pause


class ToyClient:
    """Asks where an order's parcel is."""

    def __init__(
        self, http: HttpClient, own: Toy, deadline: float, now: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._own = own
        self._deadline = deadline
        self._now = now

    def look(self, order: Order, seen: bytes) -> Sighting:
        """See `tasks.polling.watch.Watched`; raises PartnerError and DecodeError."""
        reply = self._http.send(
            "GET",
            f"{self._own.base_url}/parcels/{quote(order.number, safe='')}",
            headers={"X-Key": self._own.api_key.get_secret_value()},
            body=None,
            deadline=self._deadline,
            of_whom="Toy",
        )
        status.check(reply, "Toy", now=self._now())
        hint_size, before = decode_reply(reply.body), unpack(seen)
        return Sighting(
            seen=pack(hint_size),
            after=None if hint_size.has_arrived else self._own.pause,
            result=f"http {reply.status}",
            news="" if hint_size == before else f"the parcel is {hint_size.stage}",
        )


class MeasuredToy:
    """The parcel service, measured."""

    def __init__(self, watched: Watched, stopwatch: Stopwatch) -> None:
        self._watched = watched
        self._stopwatch = stopwatch

    def look(self, order: Order, seen: bytes) -> Sighting:
        """See `tasks.polling.watch.Watched`; raises PartnerError and DecodeError."""
        return self._stopwatch.time(NAME, lambda: self._watched.look(order, seen))


def _client(own: Toy, reach: Reach) -> Watched:
    return ToyClient(reach.http(own), own, reach.deadline, reach.clock.now)


def _measured(watched: Watched, _own: Toy, stopwatch: Stopwatch) -> Watched:
    return MeasuredToy(watched, stopwatch)


def _work(watched: Watched) -> HintRun:
    return partial(watch, watched)


def _destinations(own: Toy, lease: float) -> Iterator[Destination]:
    yield destination(NAME, own, 100, own.rate, lease)


def _place(_order: Order) -> str:
    return NAME


def _rules(rules: PlanRules, own: Toy) -> PlanRules:
    watches = (WatchRule(NAME, _place),) if own.in_use else ()
    return replace(rules, watches=(*rules.watches, *watches))


def _checks(own: Toy, reach: Reach, offline: bool) -> Iterator[Check]:  # noqa: FBT001 (as the spec calls it)
    if own.in_use and not offline:
        yield from base_url(reach.http(own), "Toy", own.base_url)


CALLS: PartnerCalls[Toy, Watched] = PartnerCalls(
    client=_client, measured=_measured, work=_work, checks=_checks
)

TOY: PartnerSpec[Toy] = PartnerSpec(
    name=NAME,
    title="Toy",
    task="toy.look",
    settings=Toy,
    calls=calls_of("tests.toy.partner.CALLS"),
    destinations=_destinations,
    rules=_rules,
)
