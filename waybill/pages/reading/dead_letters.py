"""Pages of dead letters: those that wait for a decision, and one with all it keeps."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from waybill.connect import now_ms
from waybill.dead_letters.view import SHOWN as LONGEST
from waybill.dead_letters.view import readable
from waybill.pages.visit import Visit
from workers.ledger.dead_letters import WholeLetter

#: Letters that one page shows.
SHOWN: Final = 100

#: Fields of an event's entry that one page shows.
FIELDS: Final = 100


def dead_letters(visit: Visit) -> Response:
    """The oldest of them."""
    letters = visit.site.ledger.parts.dead_letters
    found = list(islice(letters.all(), SHOWN))
    count, now = letters.count(), now_ms(visit.site.client)
    return visit.page("dead_letters", letters=found, count=count, now_ms=now)


def dead_letter(visit: Visit) -> Response:
    """The one that `id` names; 404 where it is none any more."""
    id_ = visit.asked("id", 1024)
    letter = visit.site.ledger.parts.dead_letters.find(id_)
    if letter is None:
        what = f"there is no dead letter {id_}: it was replayed, or discarded"
        raise HTTPException(404, what)
    return visit.page(
        "dead_letter",
        letter=letter,
        history=[_attempt(line) for line in letter.history],
        content=list(_content(letter)),
        now_ms=now_ms(visit.site.client),
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
