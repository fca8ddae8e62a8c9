"""Codec of a plan: NDJSON, one repair a line with the finding that it mends."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from serializers.errors import DecodeError
from serializers.formats.instants import rfc3339
from serializers.reconcile.finding import Act, Evidence, Finding, Kind, Repair

#: The most bytes of one line: an event with all its lines, and what is around it.
MAX_LINE = 1_000_000


def document(finding: Finding) -> dict[str, object]:
    """A finding for a program."""
    repair = finding.repair
    texts = {
        "event": repair.event,
        "item": repair.item,
        "endpoint": repair.endpoint,
        "event_id": repair.event_id,
        "why": repair.why,
    }
    return {
        "kind": finding.kind,
        "order": finding.order or None,
        "evidence": [_evidence(one) for one in finding.evidence],
        "cause": finding.cause,
        "repair": {
            "id": repair.id,
            "act": repair.act,
            "order": repair.order,
            **{name: text for name, text in texts.items() if text},
            **({"lines": list(repair.lines)} if repair.lines else {}),
        },
    }


def line(finding: Finding, layout: int = 0) -> str:
    """One line of a plan, without its end.

    Args:
        finding: what the line is.
        layout: version of the ledger's layout by which it was found.
    """
    version = {"layout": layout} if layout else {}
    return json.dumps(document(finding) | version, separators=(",", ":"))


def layouts(body: bytes) -> set[int]:
    """Versions of the layout by which the findings of a readable plan were made."""
    rows = (json.loads(one) for one in body.splitlines() if one.strip())
    return {int(row.get("layout", 0)) for row in rows}


def read(file: BinaryIO, name: str) -> Iterator[tuple[int, Finding]]:
    """The findings of a plan, each with the number of its line.

    Raises:
        DecodeError: a line is none, or was changed so that its id does not fit.
    """
    for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
        if not raw.strip():
            continue
        try:
            found = parsed(raw)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            if isinstance(error, DecodeError):
                raise DecodeError(f"{name}: line {number}: {error}") from error
            what = f"{name}: line {number}: is no line of a plan"
            raise DecodeError(what) from error
        yield number, found


def parsed(raw: bytes | str) -> Finding:
    """One line of a plan.

    Raises:
        DecodeError: its id does not fit what it does.
        ValueError, TypeError, KeyError: it is none.
    """
    kept = json.loads(raw)
    given = dict(kept["repair"])
    id_ = given.pop("id")
    lines = tuple(given.pop("lines", ()))
    repair = Repair(act=Act(given.pop("act")), lines=lines, **given)
    if repair.id != id_:
        what = "the repair was changed since the plan was written; plan it anew"
        raise DecodeError(what)
    evidence = tuple(
        Evidence(one["book"], one["reports"], one.get("at_ms", 0))
        for one in kept["evidence"]
    )
    order = kept["order"] or ""
    return Finding(Kind(kept["kind"]), order, evidence, kept["cause"], repair)


def _evidence(one: Evidence) -> dict[str, Any]:
    shown: dict[str, Any] = {"book": one.book, "reports": one.reports}
    if one.at_ms:
        shown |= {"at_ms": one.at_ms, "at": rfc3339(one.at_ms)}
    return shown
