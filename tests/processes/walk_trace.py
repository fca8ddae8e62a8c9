"""Trace that `traced_app` writes, and its reader.

A line is `<walk>: <module>`, once for each pair, when it is first entered. The walk is
the thread's name, `orders.receive` while events are received, or the destination of the
hint that is worked on; ` failed` is added once an answer is found to be a refusal. A
walk that begins anew is a line of its own, without a module.
"""

from collections.abc import Sequence

#: The variable that names the file.
TRACE = "TESTS_TRACE"

#: Behind a walk whose answer was a refusal.
FAILED = " failed"


def last_walks(lines: Sequence[str]) -> dict[str, list[str]]:
    """The modules of each walk, at the last time that it was gone."""
    found: dict[str, list[str]] = {}
    for line in lines:
        walk, _, module = line.partition(":")
        if module:
            found.setdefault(walk, []).append(module.strip())
        else:
            found[walk] = []
    return found
