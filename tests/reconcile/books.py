"""One order on which all books agree, to be changed by the tests."""

from dataclasses import replace

from serializers.order_record import Line, Order, Portion, Stamp
from serializers.reconcile.erp_book import ErpOrder
from serializers.timeline.codes import Code, note
from serializers.timeline.entry import Entry
from tasks.planning.rules import EndpointRule, PlanRules
from tasks.reconcile.books import (
    BOOKS,
    DeckSaw,
    LedgerOrder,
    OrderBooks,
    Scope,
    Sent,
    Watch,
    WestconSaw,
)
from tasks.reconcile.decide import decide
from tests.defaults import SETTINGS
from workers.wiring.partners import plan_rules_of

NOW = 1_790_000_000_000
DAY, HOUR = 86_400_000, 3_600_000
TOLD = NOW - 2 * DAY
EVENT = "7H2K4M6N8P0Q2R4S6T8V0W2X4Y"

RULES: PlanRules = replace(
    plan_rules_of(SETTINGS),
    westcon=True,
    deck=True,
    endpoints={
        "acme": EndpointRule("schema"),
        "globex": EndpointRule("schema"),
    },
)

SCOPE = Scope(
    books=frozenset(BOOKS),
    now_ms=NOW,
    settled_ms=NOW - HOUR // 4,
    known_ms=NOW - 30 * DAY,
    delivered_ms=NOW - 7 * DAY,
    erp_ms=NOW - HOUR,
    receivers_ms={"acme": (NOW - HOUR, 0), "globex": (NOW - HOUR, 0)},
    heard_ms={"acme": NOW - 6 * DAY, "globex": NOW - 6 * DAY},
)

LINE = Line(
    key="6001/10",
    number="10",
    sub_order="6001",
    ordered="2",
    reached=(Portion("SHI", "2"),),
    asked_ms=TOLD,
)

ORDER = Order(
    number="SO-1",
    purchase_order="PO-1",
    customer_id="C-1",
    westcon_number="6001",
    placed_ms=NOW - 3 * DAY,
    seen_ms=NOW - 3 * DAY,
    changed_ms=TOLD,
    facts_at=Stamp(NOW - 3 * DAY, (NOW - 3 * DAY, 0)),
    lines=(LINE,),
    notified_ms=TOLD,
    incarnation=1,
)

ERP = ErpOrder("SO-1", "PO-1", "6001", customer_id="C-1", placed_ms=NOW - 3 * DAY)


def sent(endpoint: str, state: str = "done") -> Sent:
    return Sent(
        f"{EVENT}.{endpoint}", f"ingram/{endpoint}", "notification", state, TOLD
    )


LEDGER = LedgerOrder(
    order=ORDER,
    version=2,
    watch=Watch("due", NOW + HOUR, NOW - HOUR),
    source="/erp",
    timeline=(
        Entry(NOW - 3 * DAY, (note(Code.PLACED, "evt-1"),)),
        Entry(NOW - 3 * DAY + 5, (note(Code.DONE, "deck", "delivery:L", "code 0"),)),
        Entry(TOLD, (note(Code.LOOK), note(Code.LINE_NEW, "6001/10", "SHI"))),
        Entry(TOLD + 9, (note(Code.DONE, "ingram/acme", "delivery:N", "http 200"),)),
    ),
    sent=(
        Sent("L1.deck", "deck", "link", "done", NOW - 3 * DAY),
        sent("acme"),
        sent("globex"),
    ),
)

AGREED = OrderBooks(
    name="SO-1",
    erp=ERP,
    ledger=LEDGER,
    westcon=WestconSaw(NOW - 9, 2),
    deck=DeckSaw(NOW - 9, ("C-1",)),
    received={"acme": frozenset({EVENT}), "globex": frozenset({EVENT})},
)


def of_ledger(**changes: object) -> OrderBooks:
    """The books with other words of the ledger's."""
    return replace(AGREED, ledger=replace(LEDGER, **changes))  # type: ignore[arg-type] # by name


def of_order(**changes: object) -> OrderBooks:
    """The books with another record in the ledger."""
    return of_ledger(order=ORDER._replace(**changes))  # type: ignore[arg-type] # by name


def kinds(
    books: OrderBooks, scope: Scope = SCOPE, rules: PlanRules = RULES
) -> list[str]:
    return [one.kind.value for one in decide(books, rules, scope).findings]
