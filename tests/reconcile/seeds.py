"""Orders of a whole run, and what is wrong with some of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from serializers.reconcile.finding import Kind

#: Statuses of the only line, by turns: notified and open, not notified, finished.
STATUSES = ("SHI", "SCH", "INV")

#: Variants of a kind, each of which is one discrepancy, and what its order must be.
VARIANTS: Mapping[Kind, Sequence[tuple[str, str]]] = {
    Kind.UNKNOWN_HERE: (("", ""),),
    Kind.UNKNOWN_AT_ERP: (("", ""),),
    Kind.DIFFERS: (("purchase_order", ""), ("westcon_number", ""), ("customer", "")),
    Kind.NOT_WATCHED: (("ended", "SCH"), ("unlisted", "SCH")),
    Kind.BEHIND: (("status", "SCH"), ("quantity", "SHI")),
    Kind.LINK_MISSING: (("", ""),),
    Kind.LINK_DIFFERS: (("", ""),),
    Kind.NOT_NOTIFIED: (("globex", "SHI"), ("acme", "INV")),
    Kind.NOT_RECEIVED: (("", "SHI"), ("", "INV")),
    Kind.RECEIVED_TWICE: (("", "SHI"), ("", "INV")),
    Kind.DEAD_LETTER: (("notification", "SHI"), ("link", ""), ("watch", "SCH")),
    Kind.REFUSED: (("unknown", ""), ("customer", "")),
}


@dataclass(frozen=True, slots=True)
class Seed:
    """One order, at most one thing that is wrong with it, and its account and site."""

    n: int
    kind: Kind | None = None
    variant: str = ""
    place: str = ""

    @property
    def number(self) -> str:
        return f"SO-{self.n}"

    @property
    def purchase_order(self) -> str:
        return f"PO-{self.n}"

    @property
    def westcon(self) -> str:
        return str(6_000_000 + self.n)

    @property
    def customer(self) -> str:
        return f"C-{self.n % 997}"

    @property
    def status(self) -> str:
        return STATUSES[self.n % len(STATUSES)]

    def has(self, kind: Kind, variant: str | None = None) -> bool:
        return self.kind is kind and variant in {None, self.variant}

    @property
    def is_here(self) -> bool:
        """Whether the ledger has it."""
        return not (self.has(Kind.UNKNOWN_HERE) or self.has(Kind.REFUSED, "unknown"))


def seeds(orders: int, discrepancies: int) -> list[Seed]:
    """So many orders, with discrepancies of all kinds spread over them."""
    wanted = _wanted(discrepancies)
    every = max(1, orders // (discrepancies + 1))
    found, waiting = list[Seed](), list[tuple[Kind, str, str]]()
    for n in range(orders):
        if n % every == 0:
            waiting += [one] if (one := next(wanted, None)) else []
        status = Seed(n).status
        fits = next((one for one in waiting if one[2] in {"", status}), None)
        if fits is None:
            found.append(Seed(n))
            continue
        waiting.remove(fits)
        found.append(Seed(n, fits[0], fits[1]))
    assert not waiting
    return found


def _wanted(count: int) -> Iterator[tuple[Kind, str, str]]:
    variants = {kind: cycle(some) for kind, some in VARIANTS.items()}
    for _, kind in zip(range(count), cycle(VARIANTS), strict=False):
        yield (kind, *next(variants[kind]))
