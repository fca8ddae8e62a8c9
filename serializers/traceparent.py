"""Traceparent of the W3C, and spans whose ids are derived from what they are about.

Whoever knows the trace, the item and its fence can work out the id of an attempt's
span. So the header of a call, what the attempt makes, and the link of the next attempt
name it without its being kept anywhere.
"""

import hashlib
from dataclasses import dataclass

#: The flag of a trace whose spans somebody keeps.
_SAMPLED = 1


@dataclass(frozen=True, slots=True)
class Parent:
    """A traceparent: the trace, the span in it, and whether spans are kept."""

    trace_id: str
    span_id: str
    is_sampled: bool


def parse(traceparent: str) -> Parent | None:
    """The parts of a traceparent as `events.decode` lets through, None for ""."""
    _, trace_id, own, flags = [*traceparent.split("-"), "", "", ""][:4]
    if not flags:
        return None
    if not int(trace_id, 16) or not int(own, 16):
        # Forbidden by the W3C: they stand for nothing.
        return None
    return Parent(trace_id, own, bool(int(flags, 16) & _SAMPLED))


def span_id(trace_id: str, *names: object) -> str:
    """The id of a span of ours, 16 hexadecimal digits that are not all zero."""
    text = "\n".join((trace_id, *map(str, names)))
    octets = hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:8]
    return (octets if any(octets) else b"\1" * 8).hex()


def child(traceparent: str, *names: object) -> str:
    """The traceparent of our span that is called so; of no trace, as it came."""
    parent = parse(traceparent)
    if parent is None:
        return traceparent
    own = span_id(parent.trace_id, *names)
    return f"00-{parent.trace_id}-{own}-{parent.is_sampled:02x}"
