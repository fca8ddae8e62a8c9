"""Faults as JSON for the control API: the codec, and an example of every one."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from sandbox.faults import Ordered
from sandbox.http.fault import Fault, Kind

#: One of each kind; a second one where a kind is ordered for two purposes.
SAMPLES = (
    Fault.status(503),
    Fault.status(429, retry_after=7),
    Fault.gateway(),
    Fault.delay(3.0),
    Fault.drop(),
    Fault.reset(),
    Fault.apply_then_drop(),
    Fault.hang_up(),
    Fault.truncate(),
    Fault.slow_body(10.0),
    Fault.slow_headers(10.0),
    Fault.html_200(),
    Fault.empty_200(),
    Fault.invalid_json(),
    Fault.wrong_content_type(),
    Fault.redirect("https://elsewhere.example.com/"),
    Fault.huge_body(),
    Fault.huge_headers(),
    Fault.gzipped(),
    Fault.drop_orders(),
    Fault.single_object(),
    Fault.no_envelope(),
    Fault.pascal_keys(),
    Fault.camel_keys(),
    Fault.json_in_json(),
    Fault.dates(),
    Fault.values(lineQuantity="2.000-"),
    Fault.folded(),
    Fault.response_code(5, "Order not found"),
)


def fault_document(fault: Fault) -> dict[str, object]:
    """Write a fault for the control API."""
    return asdict(fault)


def read_fault(document: Mapping[str, Any]) -> Fault:
    """Read a fault from the control API; only `kind` is needed.

    Raises:
        KeyError: no kind is given.
        ValueError: there is no such kind.
        TypeError: it names a field that does not exist.
    """
    given = dict(document)
    kind = Kind(given.pop("kind"))
    pairs = given.pop("headers", ())
    return Fault(kind, headers=tuple((name, value) for name, value in pairs), **given)


def ordered_document(ordered: Ordered) -> Mapping[str, object]:
    """Write a fault in waiting for the control API."""
    return {
        "route": ordered.route,
        "fault": fault_document(ordered.fault),
        "times": ordered.times,
    }


def examples() -> tuple[tuple[str, str], ...]:
    """Each fault as JSON, its plain members left out, with its constructor's line."""
    return tuple((as_json(fault), _meaning(fault)) for fault in SAMPLES)


def as_json(fault: Fault) -> str:
    """Write a fault as the control API reads it."""
    return json.dumps(_members(fault))


def _members(fault: Fault) -> dict[str, Any]:
    given = {one.name: getattr(fault, one.name) for one in fields(fault)}
    plain = {one.name: one.default for one in fields(fault)}
    return {name: value for name, value in given.items() if value != plain[name]}


def _meaning(fault: Fault) -> str:
    text = str(getattr(Fault, fault.kind.value).__doc__)
    return text.strip().splitlines()[0]
