"""Prometheus metrics of a worker: one registry per process, labels bounded."""

import re
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from tasks.planning.rules import INGRAM_PREFIX

#: Destinations that have samples of their own; each costs a page some twenty lines.
MOST = 1_000

#: What stands for all other endpoints; no endpoint can be called so.
OTHERS = f"{INGRAM_PREFIX}(others)"


def most_named(names: Iterable[str]) -> list[str]:
    """Those that have samples of their own: the partners, and endpoints by name."""
    return sorted(names, key=_rank)[:MOST]


def _rank(name: str) -> tuple[bool, str]:
    return name.startswith(INGRAM_PREFIX), name


class Labels:
    """The labels of what a process counts: the first so many that it has met."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def of(self, destination: str) -> str:
        """The label under which a destination is counted, from now on the same."""
        if destination in self._met:
            return destination
        if len(self._met) >= MOST:
            return OTHERS
        self._met.add(destination)
        return destination


#: Codes of failures that a metric tells apart, and sets of labels that have one.
MOST_CODES, MOST_CODED = 50, 5_000

#: A code of ours; DECK's own are a part of some.
_CODE = re.compile(r"[\w.:-]{1,60}", re.ASCII)

#: What stands for all other codes.
OTHER_CODES = "(other)"


class Codes:
    """The codes of what a process counts: the first so many that it has met."""

    def __init__(self) -> None:
        self._met: set[str] = set()
        self._coded: set[tuple[str, str, str]] = set()

    def of(self, label: str, outcome: str, code: str) -> str:
        """The code under which a failure is counted, from now on the same.

        Args:
            label: of its destination.
            outcome: a word.
            code: as the outcome has it, "" for none.
        """
        if not code or (label, outcome, code) in self._coded:
            return code
        known = code in self._met or len(self._met) < MOST_CODES
        known = known and _CODE.fullmatch(code) is not None
        if not known or len(self._coded) >= MOST_CODED:
            return OTHER_CODES
        self._met.add(code)
        self._coded.add((label, outcome, code))
        return code


#: Seconds from an event to a delivery: from a straight way's to a day of retries.
WAYS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0, 86400.0)

#: Orders that are asked for in one call; Westcon takes up to ten.
ORDERS = (1, 2, 3, 5, 7, 10)

#: Seconds of a call: from a local stand-in's milliseconds to the deadline.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)


class Metrics:
    """What one worker process counts; `ledger_metrics` has what the ledger knows."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.labels = Labels()
        self._count_events()
        self._count_flows()
        self.outcomes = Counter(
            "waybill_outcomes",
            "Attempts that ended, by destination, outcome (done, again, later, giveup)"
            " and the code of the failure",
            ["destination", "outcome", "code"],
            registry=self.registry,
        )
        self.call_seconds = Histogram(
            "waybill_call_seconds",
            "Seconds of calls to partners, answered or not",
            ["destination"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.unknown_statuses = Counter(
            "waybill_unknown_statuses",
            "Lines with a status code that WAYBILL_WESTCON__STATUSES does not have",
            ["status"],
            registry=self.registry,
        )
        self.unreadable_values = Counter(
            "waybill_unreadable_values",
            "Dates and quantities of a partner that no rule reads, by field; each look"
            " counts them",
            ["partner", "field"],
            registry=self.registry,
        )
        self.hints = Counter(
            "waybill_hints",
            "Hints that this worker has worked on, by task",
            ["task"],
            registry=self.registry,
        )
        self.step_turns = Counter(
            "waybill_step_turns",
            "Turns of the steps' loops; one that stands still is stuck",
            ["step"],
            registry=self.registry,
        )

    def _count_events(self) -> None:
        self.events = Counter(
            "waybill_events",
            "Events of the stream, by what became of them",
            ["verdict"],
            registry=self.registry,
        )
        self.misspelled_members = Counter(
            "waybill_misspelled_members",
            "Members of admitted events that nearly are declared, by the declared one",
            ["meant"],
            registry=self.registry,
        )

    def _count_flows(self) -> None:
        self.delivery_seconds = Histogram(
            "waybill_event_to_delivery_seconds",
            "Seconds from when an event came in, or a look asked, to the arrival of a"
            " link or notification that it made; its exemplars are traces",
            ["kind"],
            buckets=WAYS,
            registry=self.registry,
        )
        self.orders_per_call = Histogram(
            "waybill_orders_per_call",
            "Orders that were asked for in one call",
            ["destination"],
            buckets=ORDERS,
            registry=self.registry,
        )
