"""Checks of the partners: whether each is reachable and grants access."""

from collections.abc import Iterator

from workers.partners import registry
from workers.partners.check import Check
from workers.settings.settings import Settings
from workers.wiring.partners import reach_of


def partner_checks(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """All checks of the partners in use; offline, nothing leaves this machine.

    They are called the workers' way: with their proxies, and trusting whom they trust.
    """
    for spec in registry.PARTNERS:
        own = settings.sections[spec.name]
        yield from spec.checks(own, reach_of(settings, spec.name), offline)
