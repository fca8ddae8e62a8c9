"""The `waybill` command as an operator runs it, in a process of its own."""

import itertools
import json
from collections import Counter

from tests.processes.child import Child
from tests.processes.forked import WAYBILL
from tests.processes.site import Site

_numbers = itertools.count()


def begun(site: Site, *arguments: str) -> Child:
    """Start it with the site's settings, and do not wait for it."""
    name = f"waybill-{next(_numbers)}"
    return site.child(name, WAYBILL, *arguments, **site.settings)


def printed(site: Site, *arguments: str) -> str:
    """What it prints; it must end well."""
    child = begun(site, *arguments)
    assert child.exit_code() == 0, child.output()
    return child.output()


def results(child: Child) -> Counter[str]:
    """Wait for `dead-letters replay --json`: how often it reported which result."""
    child.exit_code()
    return Counter(one["result"] for one in json.loads(child.output()))


def replayed(site: Site, *ids: str) -> Counter[str]:
    return results(begun(site, "dead-letters", "replay", "--json", *ids))


def replayed_all(site: Site) -> Counter[str]:
    return replayed(site, "--all")
