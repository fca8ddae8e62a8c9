"""Views of audit entries: lines for a person, objects for a program."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from serializers.audit.chain import Head
from serializers.audit.entry import UNSIGNED, AuditEntry
from serializers.errors import DecodeError
from waybill.console import iso, moment
from workers.ledger.audit.keys import Chain

_NAMED: Final = ("what", "target", "who", "why", "door", "run")

#: What stands where nothing was done to a target.
NOBODY: Final = (
    "Nobody has done anything like that. A target is named whole: the number of an"
    " order, the id of a letter (`delivery:…`, `event:…`), or a destination."
)


def document(chain: Chain, entry: AuditEntry) -> dict[str, object]:
    """An entry of `list --json` and `export`; its members are promised."""
    more = {name: one for name, one in entry.act.items() if name not in _NAMED}
    return {
        "partition": chain,
        "n": entry.n,
        "at": iso(entry.at_ms),
        **{name: entry.stated(name) for name in _NAMED},
        "before": entry.before,
        "after": entry.after,
        "facts": more,
        "link": entry.link,
        "signature": "" if entry.signature == UNSIGNED else entry.signature,
        "text": entry.text,
    }


def head_line(chain: Chain, head: Head) -> str:
    """A head as `export --heads` writes it and `verify --head` reads it."""
    return json.dumps({"partition": chain, "n": head.n, "link": head.link})


def read_heads(lines: Iterable[str]) -> list[tuple[Chain, Head]]:
    """Heads, of such lines or of exported entries.

    Raises:
        DecodeError: a line is neither.
    """
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            where = one["partition"]
            chain = where if _is_key(where) else int(where)
            found.append((chain, Head(int(one["n"]), str(one["link"]))))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            raise DecodeError(f"line {number} names no head") from None
    return found


def _is_key(where: object) -> bool:
    """Whether it names a chain beside the partitions."""
    return isinstance(where, str) and not where.isdecimal()


def texts(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Entries for a person; what one request did to many is one entry."""
    for run in together(entries):
        yield from _lines(run)


def together(entries: Iterable[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """The entries, those together that one request did alike in a row."""
    run: list[AuditEntry] = []
    for entry in entries:
        if run and not _alike(run[-1], entry):
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


def _alike(one: AuditEntry, other: AuditEntry) -> bool:
    return all(one.stated(name) == other.stated(name) for name in ("what", "run"))


def concerns(entry: AuditEntry, target: str) -> bool:
    """Whether it was done to this, or to something of the order of this number."""
    return target in {"", entry.stated("target"), entry.stated("order")}


def _named(entry: AuditEntry) -> str:
    order = entry.stated("order")
    return entry.stated("target") + (f" of order {order}" if order else "")


def _lines(run: list[AuditEntry]) -> Iterator[str]:
    first = run[0]
    times = f", {len(run):,} times" if len(run) > 1 else ""
    yield f"{moment(first.at_ms)}  {first.stated('who')}  {first.stated('what')}{times}"
    targets = [_named(entry) for entry in run[:3]]
    yield f"    {', '.join(targets)}{' …' * (len(run) > len(targets))}"
    if first.before or first.after:
        yield f"    {first.before or '-'} -> {first.after or '-'}"
    if first.stated("why"):
        yield f"    because: {first.stated('why')}"
    shown = {*_NAMED, "order"}
    facts = [f"{k}={v}" for k, v in first.act.items() if k not in shown]
    if facts:
        yield f"    {' '.join(facts)}"
