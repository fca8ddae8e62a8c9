"""Groups of dead letters: counted in Redis, named as each of their letters is."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.letters import groups
from workers.ledger.letters.groups import EVERY, Window

ROOT = keys.prefix(0)

#: Words of reasons, values of items among them, and what stands close to them.
PIECES = st.sampled_from(
    [
        *("SO-77", "ACME", "Größe", "a", "n", "RFC 3339", " 17", "[3]", "'1.0'", "17"),
        *(": ", "; ", " ", ".", "-", "'", '"', "\n", "no message", "12th", "und"),
        *("answered 400: ", "answered ResponseCode 2: ", "; it has: x", "and 7 more"),
        *(" (the last of 4 attempts)", " (the last of 9 tries)", "data.lines[12].x"),
        *(
            "2026-03-01T12:00:00Z",
            "1 Mar 2026",
            "https://x.example/7",
            "ACMEs",
            "_SO-77",
        ),
    ]
)
REASONS = st.lists(PIECES, max_size=8).map("".join)
CODES = st.sampled_from(["malformed", "deck_2", "deck_NotFound", "http_400", "timeout"])
OWN = st.lists(st.sampled_from(["SO-77", "ACME", "a", "Größe", "-", "n"]), max_size=3)
KINDS = st.sampled_from(["event", "link", "notification", "change", "watch"])


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "PAGE", 3)


Letter = tuple[str, str, str, list[str]]


def bury(world: World, n: int, letter: Letter, at: int = 0) -> str:
    """A dead letter as the ledger has it: kind, code, reason, values of its own."""
    kind, code, why, own = letter
    order = f"SO-{n}"
    fields: dict[Any, Any] = {"state": "dead", "code": code, "why": why}
    where = {"event": "", "link": "deck", "watch": "westcon"}.get(kind, "ingram/acme")
    if where:
        fields["destination"] = where
    ref = keys.delivery_ref(f"D{n}")
    if kind == "event":
        ref = keys.event_ref(f"{n}-0")
    elif kind == "watch":
        ref = keys.watch_ref("westcon", order)
    if kind != "watch":
        fields["kind"] = kind
    if kind not in {"watch", "event"}:
        fields |= {"order": own[0] if own else order, "payload": json.dumps(own)}
    key = keys.order(ROOT, order) if kind == "watch" else keys.item(ROOT, ref)
    world.redis.hset(key, mapping=fields)
    world.redis.zadd(keys.dead(ROOT), {ref: at or n})
    return ref


LETTERS = st.lists(st.tuples(KINDS, CODES, REASONS, OWN), min_size=1, max_size=9)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(LETTERS, st.integers(0, 4))
@example([("link", "deck_2", "answered 2: ACME-n ACMEs 1 Mar 2026", ["ACME"])], 0)
@example([("link", "deck_2", "answered 2: a" + " (the last of 4 attempts)" * 2, [])], 0)
@example([("link", "deck_2", "answered 2: a" + " (the last of 4 tries)" * 3, [])], 0)
@example([("event", "malformed", "event: a: needs RFC 3339 at 12", [])] * 2, 1)
def test_the_groups_are_those_which_the_letters_name_themselves(
    world: World, letters: list[Letter], alike: int
) -> None:
    world.redis.flushall()
    world.clock.advance(0)
    refs = [bury(world, n + 1, one, at=alike) for n, one in enumerate(letters)]

    single = [one for ref in refs if (one := world.letters.find(ref)) is not None]
    found = world.letters.groups()
    listed = {one.id: one.fingerprint for one in world.letters.all()}

    counted = {group.fingerprint: group.count for group in found}
    assert counted == Counter(one.fingerprint for one in single)
    assert listed == {one.id: one.fingerprint for one in single}
    assert sum(counted.values()) == len(letters)


def test_a_group_states_when_its_first_and_its_last_were_given_up(
    world: World,
) -> None:
    for n in range(1, 8):
        why = f"acme answered 400: unknown item {n}"
        bury(world, n, ("notification", "http_400", why, []), at=1000 * n)

    (group,) = world.letters.groups()

    assert (group.oldest_ms, group.newest_ms, group.count) == (1000, 7000, 7)
    assert group.example == "delivery:D7"
    assert group.reason == "acme answered 400: unknown item 7"
    assert group.cause == "http_400: unknown item n"


def test_a_page_that_is_all_of_one_ms_is_followed_by_the_next(world: World) -> None:
    refs = {bury(world, n, ("event", "timeout", "", []), at=5) for n in range(1, 11)}

    assert {one.id for one in world.letters.all()} == refs
    assert [group.count for group in world.letters.groups()] == [10]


@pytest.mark.parametrize(
    ("window", "found"),
    [
        (EVERY, {1, 2, 3, 4}),
        (Window(since_ms=2), {2, 3, 4}),
        (Window(since_ms=2, until_ms=3), {2, 3}),
        (Window(order="SO-3"), {3}),
        (Window(order="SO", beginning="SO-4"), {4}),
    ],
)
def test_a_window_is_of_moments_and_of_one_order(
    world: World, window: Window, found: set[int]
) -> None:
    for n in range(1, 5):
        bury(world, n, ("link", "timeout", "", []))

    listed = world.letters.chosen(window, lambda _: True)

    assert {int(re.sub(r"\D", "", one.id)) for one in listed} == found


def test_nothing_is_written_by_who_only_counts(world: World) -> None:
    acts.dead(world, acts.link())
    before = acts.everything(world)

    world.letters.groups()

    assert acts.everything(world) == before
