"""Random lives of orders: what was notified last is what is true, for every line."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serializers.order_record import Order, pack, unpack
from serializers.westcon.reply import StatusLine
from tasks.ledger_values import Advance, Claim, Held
from tasks.polling.compare import compare
from tests.defaults import endpoint_rule, plan_rules
from tests.tasks.fakes import START_MS
from tests.tasks.samples import order, reported

RULES = plan_rules(endpoints={"acme": endpoint_rule()})
OPEN = ("INC", "SCH", "BOR", "HLD")
MINUTE_MS = 60_000

Truth = dict[str, Counter[str]]


@dataclass(slots=True)
class Life:
    """An order at Westcon: for each line, how many pieces are in which status."""

    dice: random.Random
    lines: Truth = field(default_factory=dict)

    def begin(self) -> None:
        for number in ("10", "20", "30")[: self.dice.randint(1, 3)]:
            pieces = self.dice.randint(1, 6)
            self.lines[number] = Counter({self.dice.choice(OPEN): pieces})

    def move(self) -> None:
        """Some pieces of one line change their status, or are ordered anew or less."""
        pieces = self.lines[self.dice.choice(sorted(self.lines))]
        status = self.dice.choice(sorted(+pieces))
        many = self.dice.randint(1, pieces[status])
        to = self.dice.choice(
            {"SHI": ("INV",), "INV": ("INV",), "REJ": OPEN}.get(
                status, (*OPEN, "SHI", "SHI", "INV", "REJ", "more", "less")
            )
        )
        if to == "more":
            pieces[status] += many
        elif to != "less" or +pieces != Counter({status: many}):
            pieces[status] -= many
            if to != "less":
                pieces[to] += many

    def rows(self) -> tuple[StatusLine, ...]:
        """The lines as rows: each status split at random, in any order."""
        rows = [
            reported(status, number, quantity=str(part))
            for number, pieces in self.lines.items()
            for status, many in (+pieces).items()
            for part in self._parts(many)
        ]
        self.dice.shuffle(rows)
        return tuple(rows)

    def _parts(self, many: int) -> list[int]:
        parts = []
        while many:
            parts.append(self.dice.randint(1, many))
            many -= parts[-1]
        return parts


@dataclass(slots=True)
class Receiver:
    """What an endpoint has been notified of, as it would hold it."""

    ids: list[str] = field(default_factory=list)
    last: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    shipped: dict[str, list[int]] = field(default_factory=dict)
    moments: list[str] = field(default_factory=list)

    def take(self, payload: bytes) -> None:
        body = json.loads(payload)
        self.ids.append(body["eventId"])
        self.moments.append(body["eventTimeStamp"])
        for line in (one for each in body["resource"] for one in each["lines"]):
            shipped = int(line.get("shippedQuantity", 0))
            back = int(line.get("backorderedQuantity", 0))
            number = line["LineNumber"]
            self.last[number] = (int(line["requestedQuantity"]), shipped, back)
            self.shipped.setdefault(number, []).append(shipped)


def lived(seed: int, steps: int) -> tuple[Life, Receiver, list[str]]:
    """One life and what was notified of it; answers come late and out of order."""
    dice = random.Random(seed)
    life, receiver, growths = Life(dice), Receiver(), list[str]()
    life.begin()
    answers = [(START_MS, life.rows())]
    for minute in range(1, steps):
        if dice.random() < 0.9:
            life.move()
        day = f"2026-02-{1 + minute // 2:02}"
        rows = tuple(replace(row, status_date=day) for row in life.rows())
        answers.append((START_MS + minute * MINUTE_MS, rows))
    held, version = order(), 0
    for asked_ms, rows in _reordered(dice, answers):
        made = _compared(held, version, rows, asked_ms, steps)
        if made.order is None:
            continue
        growths += _growths(held, made.order)
        held, version = unpack(pack(made.order)), version + 1
        for one in made.deliveries:
            receiver.take(one.payload)
    return life, receiver, growths


def _compared(
    held: Order, version: int, rows: tuple[StatusLine, ...], asked_ms: int, steps: int
) -> Advance:
    now_ms = START_MS + (steps + 1) * MINUTE_MS
    claim, known = Claim("watch:westcon:SO-1", 1), Held(held, version)
    made = compare(claim, known, rows, RULES, now_ms, 0.5, asked_ms=asked_ms)
    assert isinstance(made, Advance)
    return made


def _growths(before: Order, after: Order) -> list[str]:
    was = {line.key: dict(line.reached) for line in before.lines}
    return [
        f"{line.key} {code} {was.get(line.key, {}).get(code, '0')}>{quantity}"
        for line in after.lines
        for code, quantity in line.reached
        if was.get(line.key, {}).get(code) != quantity
    ]


def _reordered(
    dice: random.Random, answers: list[tuple[int, tuple[StatusLine, ...]]]
) -> list[tuple[int, tuple[StatusLine, ...]]]:
    """Some answers are lost, some come later than newer ones; the newest comes."""
    kept = [one for one in answers[:-1] if dice.random() < 0.8] + answers[-1:]
    for place in range(len(kept) - 1):
        if dice.random() < 0.2:
            kept[place], kept[place + 1] = kept[place + 1], kept[place]
    return kept


def _check(seed: int, steps: int) -> None:
    life, receiver, growths = lived(seed, steps)

    for number, pieces in life.lines.items():
        shipped = pieces["SHI"] + pieces["INV"]
        if number in receiver.last:
            truth = (pieces.total(), shipped, pieces["BOR"])
            assert receiver.last[number] == truth, number
        else:
            assert set(+pieces) <= {"INC", "SCH"}, number
    for told_of_line in receiver.shipped.values():
        assert told_of_line == sorted(told_of_line)
    assert receiver.moments == sorted(receiver.moments)
    assert len(set(receiver.ids)) == len(receiver.ids)
    assert len(set(growths)) == len(growths)
    assert lived(seed, steps)[1].ids == receiver.ids


SEEDS = st.integers(0, 2**32), st.integers(2, 14)


@given(*SEEDS)
def test_what_was_notified_last_is_true_for_every_line(seed: int, steps: int) -> None:
    _check(seed, steps)


@pytest.mark.long
@given(*SEEDS)
@settings(max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_over_two_thousand_lives(seed: int, steps: int) -> None:
    _check(seed, steps)
