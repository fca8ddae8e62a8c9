"""JSON codec of faults for the control API."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sandbox.faults import Ordered
from sandbox.http.fault import Fault, Kind


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
