"""What watching costs in calls, and how late it is.

It runs on a virtual clock: the product's schedule and its rule for filling calls, on
orders whose lives `benchmarks.watching.lifetimes` draws; no partner and no Redis.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.options import Options
from benchmarks.percentile import percentile
from benchmarks.report import Report
from benchmarks.table import table
from benchmarks.watching.lifetimes import DAY, Life, lives
from benchmarks.watching.virtual_watch import Calls, Schedule, Watching, fixed
from tasks.destination import Destination
from tasks.planning.rules import WESTCON, PollRules
from workers.partners.westcon.settings import Westcon
from workers.settings.settings import Settings
from workers.wiring.partners import destinations_of, plan_rules_of

#: Figures are the same from run to run.
SEED = 20_261_121
ORDERS = (10_000, 1_000, 100)
#: All of them are placed within these seconds.
SPAN = 30 * DAY
#: Seconds between two looks at an order, where they are fixed.
EVERY = 300.0
HEADS = (
    "watching",
    "orders",
    "calls",
    "per order",
    "looks/call",
    "gain",
    "delay p50",
    "p95",
    "of standstill p50",
    "p95",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """One way of watching.

    Attributes:
        calls: to Westcon, for all orders together.
        gain: times fewer calls than one for each order every five minutes.
        delay_p50, delay_p95: seconds from a change to the look that saw it.
        share_p50, share_p95: that delay, as a share of the time for which the status
            before had stood.
        given_up: orders whose patience ran out.
    """

    way: str
    orders: int
    calls: int
    looks: int
    gain: float
    delay_p50: float
    delay_p95: float
    share_p50: float
    share_p95: float
    given_up: int

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.way,
            f"{self.orders:,}",
            f"{self.calls:,}",
            f"{self.calls / self.orders:,.1f}",
            f"{self.looks / self.calls:.1f}",
            f"{self.gain:,.1f}",
            _span(self.delay_p50),
            _span(self.delay_p95),
            f"{self.share_p50:.1%}",
            f"{self.share_p95:.1%}",
        )


def _span(seconds: float) -> str:
    return f"{seconds / 60:,.1f} min"


def defaults() -> tuple[PollRules, Destination]:
    """Schedule and limits as they are where the operator sets nothing."""
    needed = dict.fromkeys(Westcon.NEEDED, "any")
    settings = Settings.model_validate({"westcon": needed})
    (westcon,) = (one for one in destinations_of(settings) if one.name == WESTCON)
    return plan_rules_of(settings).poll, westcon


def ways(
    watched: Sequence[Life], rules: PollRules, westcon: Destination
) -> dict[str, Callable[[], Watching]]:
    """The ways of watching that are compared, by name."""
    size, patience = westcon.per_call, rules.patience

    def scheduled(calls: Calls) -> Watching:
        return Schedule(watched, rules, calls, random.Random(SEED)).run()

    return {
        "every 5 min, alone": lambda: fixed(watched, EVERY, patience, 1),
        f"every 5 min, {size} a call": lambda: fixed(watched, EVERY, patience, size),
        "schedule, alone": lambda: scheduled(Calls()),
        f"schedule, up to {size} due": lambda: scheduled(Calls(size)),
        "schedule, calls filled (Waybill)": lambda: scheduled(
            Calls(size, westcon.soon_seconds, westcon.soon_share)
        ),
    }


def costs(orders: int) -> list[Cost]:
    """Watch so many orders in every way."""
    watched = tuple(lives(orders, SPAN, random.Random(SEED)))
    found: list[Cost] = []
    for way, watch in ways(watched, *defaults()).items():
        seen = watch()
        alone = found[0].calls if found else seen.calls
        found.append(_cost(way, orders, seen, alone / seen.calls))
    return found


def _cost(way: str, orders: int, seen: Watching, gain: float) -> Cost:
    delays = sorted(one.delay for one in seen.sightings)
    shares = sorted(one.delay / one.stood for one in seen.sightings)
    return Cost(
        way,
        orders,
        seen.calls,
        seen.looks,
        gain,
        percentile(delays, 50),
        percentile(delays, 95),
        percentile(shares, 50),
        percentile(shares, 95),
        seen.given_up,
    )


def split(found: Sequence[Cost]) -> str:
    """What of the gain is the schedule's, what the calls' that carry several."""
    alone, _, scheduled, _, filled = found
    by_schedule = alone.calls / scheduled.calls
    by_batches = scheduled.calls / filled.calls
    return (
        f"{filled.orders:,} orders: {filled.gain:,.0f} times fewer calls ="
        f" {by_schedule:,.1f} by the schedule x {by_batches:,.1f} by batches"
    )


def measure(_: Options, report: Report) -> None:
    """Watch the orders in every way; print the table."""
    found = []
    for orders in ORDERS:
        report.progress(f"{orders:,} orders on a virtual clock …")
        found.append(costs(orders))
    every = [cost for some in found for cost in some]
    lines = [table(HEADS, [cost.cells for cost in every]), "", *map(split, found)]
    report.add("schedule", every, "\n".join(lines))
