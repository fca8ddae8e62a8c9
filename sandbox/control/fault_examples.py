"""Examples of every fault on offer: the JSON that orders it, and its effect."""

import json
from dataclasses import fields
from typing import Any

from sandbox.http.fault import Fault

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
