"""Pages of dead letters: groups that failed alike, their letters, and one of them."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serializers.audit.entry import AuditEntry
from serializers.events.entry import named
from waybill.connect import now_ms
from waybill.dead_letters.decided import fate, last_act
from waybill.dead_letters.selection import KINDS, Filters
from waybill.dead_letters.view import SHOWN as LONGEST
from waybill.dead_letters.view import readable
from waybill.pages.reading.now import not_known
from waybill.pages.visit import Visit
from workers.ledger.dead_letters import WholeLetter
from workers.ledger.identity.namespace import SOURCE, namespace_of

#: Letters and groups that one page shows.
SHOWN: Final = 100

#: Events whose bytes are read for what they name.
NAMED: Final = 20

#: What dead letters are chosen by, and what a query or form may have besides.
CHOSEN_BY: Final = ("kind", "order", "destination", "code", "fingerprint")
ASKED: Final = frozenset(
    {*CHOSEN_BY, "id", "until", "first", "again", "reason", "token"}
)

#: Statuses that speak of what was sent, and neither of the moment nor of an end.
_CONTENT: Final = re.compile(r"4(?!08|10|25|29)[0-9]{2}")

#: Fields of an event's entry that one page shows.
FIELDS: Final = 100


def dead_letters(visit: Visit) -> Response:
    """Groups, the largest first; the letters of what is asked for more closely."""
    filters = asked(visit)
    if filters.order or filters.fingerprint:
        return letters(visit, filters)
    unknown = not_known(visit.site, filters.destination)
    found = visit.site.ledger.parts.dead_letters.groups(filters.window, filters.admit)
    return visit.page(
        "dead_letters",
        groups=found[:SHOWN],
        count=sum(group.count for group in found),
        more=len(found) - SHOWN,
        filters=filters,
        query=urlencode(fields_of(filters)),
        kinds=KINDS,
        unknown=unknown,
        now_ms=now_ms(visit.site.client),
    )


def events(visit: Visit) -> Response:
    """Events that were refused, by why."""
    filters = Filters(kind="event")
    found = visit.site.ledger.parts.dead_letters.groups(filters.window, filters.admit)
    return visit.page(
        "events",
        groups=found[:SHOWN],
        **_listed(visit, filters, NAMED),
        count=sum(group.count for group in found),
        more=len(found) - SHOWN,
        now_ms=now_ms(visit.site.client),
    )


def letters(visit: Visit, filters: Filters) -> Response:
    """The oldest letters that are meant, and how many there are."""
    kept = visit.site.ledger.parts.dead_letters
    groups = kept.groups(filters.window, filters.admit)
    return visit.page(
        "letters",
        groups=groups[:SHOWN],
        **_listed(visit, filters, SHOWN),
        count=sum(group.count for group in groups),
        filters=filters,
        query=urlencode(fields_of(filters)),
        now_ms=now_ms(visit.site.client),
    )


def _listed(visit: Visit, filters: Filters, most: int) -> dict[str, Any]:
    """The oldest letters that are meant; of events, which their bytes name."""
    kept = visit.site.ledger.parts.dead_letters
    found = islice(kept.chosen(filters.window, filters.admit, most), most)
    letters = sorted(found, key=lambda one: one.at_ms)
    events = [one.id for one in letters if one.kind == "event"][:NAMED]
    whole = filter(None, map(kept.find, events))
    names = {one.id: named(one.fields)[1:] for one in whole}
    return {"letters": letters, "names": names}


def fields_of(filters: Filters) -> dict[str, str]:
    """The query, or the fields of a form, that asks for the same."""
    given = {name: getattr(filters, name) for name in CHOSEN_BY}
    return {name: value for name, value in given.items() if value}


def asked(visit: Visit) -> Filters:
    """What the query asks for.

    Raises:
        HTTPException: its kind is none, or it asks for what no page knows, so that it
            would mean more than it names.
        redis.RedisError: Redis does not answer.
    """
    if strange := sorted(visit.given - ASKED):
        what = f"dead letters are not chosen by {', '.join(strange)}"
        raise HTTPException(400, f"{what}: there are {', '.join(CHOSEN_BY)}")
    kind = visit.asked("kind")
    if kind not in ("", *KINDS):
        what = f"no dead letter is of the kind {kind}"
        raise HTTPException(400, f"{what}: there are {', '.join(KINDS)}")
    return Filters(
        kind=kind,
        order=visit.asked("order", 512),
        destination=visit.asked("destination"),
        code=visit.asked("code"),
        fingerprint=visit.asked("fingerprint"),
        by_source=namespace_of(visit.site.client) == SOURCE,
    )


def dead_letter(visit: Visit) -> Response:
    """The one that `id` names; 404 where it is none any more."""
    letter = letter_of(visit, visit.asked("id", 1024))
    return visit.page(
        "dead_letter",
        letter=letter,
        names=named(letter.fields)[1:],
        correction=_correction(visit, letter),
        refusal=_refusal(letter),
        history=[_attempt(line) for line in letter.history],
        content=list(_content(letter)),
        now_ms=now_ms(visit.site.client),
    )


def letter_of(visit: Visit, id_: str) -> WholeLetter:
    """The letter of this id.

    Raises:
        HTTPException: it is none any more; with what the audit knows of it.
    """
    letter = visit.site.ledger.parts.dead_letters.find(id_)
    if letter is not None:
        return letter
    site = visit.site
    known = fate(site.client, site.settings.partitions, [id_])
    what = known or "it was replayed, or discarded"
    raise HTTPException(404, f"there is no dead letter {id_}: {what}")


def _correction(visit: Visit, letter: WholeLetter) -> AuditEntry | None:
    """Who has corrected it, as far as the audit's newest entries know."""
    what, site = {"event.corrected", "delivery.revised"}, visit.site
    if not letter.corrected:
        return None
    return last_act(site.client, site.settings.partitions, letter.id, what)


def _refusal(letter: WholeLetter) -> str:
    """Why it was not tried again, where its content was refused."""
    status = letter.code.removeprefix("http_")
    if letter.kind == "watch" or not _CONTENT.fullmatch(status):
        return ""
    first = "after this first attempt" if letter.attempts == 1 else "after the last"
    return (
        f"It was not tried again {first}: {status} says that the content is refused,"
        " so the same content would be refused again unless the receiver has changed."
    )


def _attempt(line: str) -> tuple[int, str]:
    """When it was, 0 where that cannot be read, and how it went."""
    ms, _, rest = line.partition(" ")
    return (int(ms), rest) if ms.isdecimal() else (0, line)


def _content(letter: WholeLetter) -> Iterator[tuple[str, str]]:
    """Titles and texts of what it keeps; of what is long, the beginning."""
    parts = [("Payload", letter.payload)] if letter.payload else []
    if len(letter.fields) > 1 or not parts:
        parts = [(f"Field {readable(name)[0]}", value) for name, value in letter.fields]
    for title, value in parts[:FIELDS]:
        text, encoding = readable(value)
        as_base64 = " (base64)" if encoding != "utf-8" else ""
        cut = f"\n… {len(value)} bytes in all" if len(text) > LONGEST else ""
        yield f"{title}{as_base64}", _indented(text)[:LONGEST] + cut


def _indented(text: str) -> str:
    """JSON on lines of its own; another text as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
