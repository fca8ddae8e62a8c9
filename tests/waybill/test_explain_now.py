"""What an order waits for now: one line, and no past moment as one to come."""

import re
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Order
from tests.defaults import destination, retry
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from tests.waybill.test_explain_waits import due
from waybill.explain.blockers import Surroundings, blockers
from waybill.explain.now import now_text
from waybill.explain.view import delivery_text, watch_text
from workers.ledger.views.gates import GateState, Standing
from workers.ledger.views.order_items import Item
from workers.ledger.views.order_story import OrderStory

NOW_MS = 1_790_000_000_000
AROUND = st.integers(NOW_MS - 10**7, NOW_MS + 10**7) | st.none()
#: A moment that the text calls one to come.
TO_COME = re.compile(
    r"(?:until|next look|lost at|lease ends|, ) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ)"
)

items = st.builds(
    Item,
    ref=st.sampled_from(["delivery:N1", "watch:westcon:SO-1"]),
    kind=st.sampled_from(["watch", "link", "notification"]),
    destination=st.just("deck"),
    state=st.sampled_from(["due", "leased", "sending", "lane", "dead", "ended", ""]),
    due_ms=AROUND,
    head=st.sampled_from(["", "delivery:N0"]),
    before=st.integers(0, 2),
)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """As it is read: what is over is None."""

    def ahead() -> int | None:
        ms = draw(AROUND)
        return ms if ms is not None and ms > NOW_MS else None

    gate = GateState(ahead(), draw(st.booleans()), 5, "", ahead(), ahead())
    return Standing(gate, disabled=draw(st.booleans()), leased=draw(st.integers(0, 9)))


@given(items, standings())
def test_no_moment_that_has_passed_is_named_as_one_to_come(
    item: Item, standing: Standing
) -> None:
    known = destination("deck", retry(pauses=(10.0,)), calls_per_minute=6.0)
    found = blockers(item, Surroundings(known, standing, NOW_MS, ()))
    story = OrderStory(Order("SO-1"), 1, (item,), (), (), {}, NOW_MS)

    texts = [
        *(one.message for one in found),
        watch_text(item, NOW_MS),
        delivery_text(item, NOW_MS),
        now_text(story, {item.ref: found}),
    ]

    for text in texts:
        for moment in TO_COME.findall(text):
            named = datetime.fromisoformat(moment).timestamp() * 1000
            assert named >= NOW_MS - 1000, text
    assert all(one.until_ms is None or one.until_ms > NOW_MS for one in found)


def test_the_line_leads_with_what_blocks(ledger: World, waybill: Terminal) -> None:
    acts.admit(ledger, acts.notification("N1"))
    due(ledger)
    acts.disable(ledger, "ingram/acme")

    shown, seen = waybill("explain", "SO-1").stdout, waybill.json("explain", "SO-1")

    assert "now: blocked: its notification: ingram/acme is disabled" in shown
    assert seen["now"].startswith("blocked: its notification: ")


def test_without_a_block_it_is_the_next_that_happens(
    ledger: World, waybill: Terminal
) -> None:
    acts.watch(ledger)
    assert "has its watch to westcon in hand" in waybill.json("explain", "SO-1")["now"]

    due(ledger, "watch:westcon:SO-1", "westcon", ago=-600)
    ahead = waybill.json("explain", "SO-1")["now"]
    due(ledger, "watch:westcon:SO-1", "westcon", ago=1)

    assert ahead.startswith("it waits for the next look at westcon, 20")
    assert waybill.json("explain", "SO-1")["now"] == "a worker takes its watch next"


def test_an_order_of_which_all_has_ended_waits_for_nothing(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger)

    assert "waits for nothing" in waybill.json("explain", "SO-1")["now"]
