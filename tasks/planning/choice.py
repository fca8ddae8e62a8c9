"""Choice of Westcon's account and DECK's site, by the names that events give."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from serializers.events.event import OrderEvent
from serializers.formats.text import printable
from serializers.order import DEFAULT
from tasks.outcomes.errors import PermanentError
from tasks.planning.rules import PlanRules

#: From which share of letters in common a name is suggested.
NEAR = 0.6
#: How many names are shown, and how much of a name.
SHOWN, SHOWN_LENGTH = 10, 64

ACCOUNT, SITE = "account", "site"

#: The members of an event that name them.
_MEMBERS = {ACCOUNT: "data.westcon.account", SITE: "data.deck.site"}


def unknown_names(
    event: OrderEvent,
    accounts: Collection[str] | None,
    sites: Collection[str] | None,
) -> Iterator[str]:
    """State which names of an event nobody has, each with the nearest that is one.

    Args:
        event: the event.
        accounts: the names there are, None where that is not known, or no account is
            in use at all.
        sites: the same.
    """
    for kind, name, known in (
        (ACCOUNT, event.westcon_account, accounts),
        (SITE, event.deck_site, sites),
    ):
        if name and known is not None and name not in known:
            yield _unknown(kind, name, known)


def check_names(event: OrderEvent, rules: PlanRules) -> None:
    """Let events pass that name what there is.

    Raises:
        PermanentError: an account or a site is named that the settings do not have;
            the event can be replayed once they do.
    """
    accounts = rules.accounts if rules.westcon else None
    sites = rules.sites if rules.deck else None
    problems = list(unknown_names(event, accounts, sites))
    if problems:
        raise PermanentError("; ".join(problems), code="unknown_name")


def check_place(kind: str, name: str, known: Collection[str]) -> None:
    """Let work be planned at an account or a site that there is.

    Args:
        kind: "account" or "site".
        name: the order's, "" for `default`.
        known: the names there are.

    Raises:
        PermanentError: the settings do not have it.
    """
    if (name or DEFAULT) in known:
        return
    member = _MEMBERS[kind]
    what = f"{member}: missing, and no {kind} is called {DEFAULT}; {_there(known)}"
    if name:
        what = f"{member}: the order is at {kind} {name}, which is not in the settings;"
        what += f" {_there(known)}"
    raise PermanentError(what, code="unknown_name")


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    shown = printable(name, SHOWN_LENGTH)
    near = get_close_matches(name.lower(), sorted(known), n=1, cutoff=NEAR)
    hint = f"did you mean {near[0]}?" if near else _there(known)
    return f"{_MEMBERS[kind]}: no {kind} is called {shown}, {hint}"


def _there(known: Collection[str]) -> str:
    names = sorted(known)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"there are {', '.join(names[:SHOWN])}{more}" if names else "there is none"
