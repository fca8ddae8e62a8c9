"""`waybill explain` of an order whose timeline a release before codes has begun."""

from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal

N1 = "delivery:N1.acme"

#: As that release left it: its moments are decimal, its entries sentences.
BEFORE = (
    "1790000000000 event order.placed e-1; no new link follows",
    "1790000001000 seen 7001/10 new>SCH, 7001/20 new>",
    f"1790000002000 ingram/acme give_up {N1}: http_400",
)


def test_what_it_wrote_is_shown_before_what_follows(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.notification("N1.acme"))
    hint = acts.sent(ledger, acts.hint("ingram/acme", N1, 1))
    ledger.ledger.settle(hint, "run", [acts.settlement(hint, acts.GIVE_UP)])
    log = f"{acts.root(ledger)}log:SO-1"
    ledger.redis.delete(log)
    ledger.redis.rpush(log, *BEFORE)
    acts.admit(ledger)

    story = waybill.json("explain", "SO-1")

    assert [one["words"] for one in story["timeline"]] == [
        "the ERP reports: order placed (event e-1); no new link follows",
        "seen 7001/10 new>SCH, 7001/20 new>",
        "ingram/acme: delivery N1.acme was given up (http_400) and is a dead letter",
        "the ERP reports: order placed (event e-1)",
    ]
    assert story["timeline"][0]["at"] == "2026-09-21T14:13:20.000Z"
    # It has left its lane: the timeline alone leads to it.
    assert [(one["id"], one["state"]) for one in story["deliveries"]] == [(N1, "dead")]
