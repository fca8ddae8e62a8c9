"""Pages of the audit: who did what, whether that was changed, all to take away."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from serializers.audit.chain import Verified, verify
from serializers.audit.entry import AuditEntry, decode
from serializers.errors import DecodeError
from waybill.acting import audit_keys
from waybill.audit.view import NOBODY, concerns, document, together
from waybill.connect import now_ms
from waybill.pages.visit import Site, Visit
from workers.ledger.audit.keys import Chain, named
from workers.ledger.audit.reader import AuditReader

#: Rows of a page.
SHOWN: Final = 100

#: Newest entries of each partition that are looked at for them; more where filters
#: leave few.
NEWEST: Final = 200
LOOKED: Final = 5_000

#: Entries of a chain that a page verifies; longer ones are the command's.
LONGEST: Final = 100_000

#: Targets that a row names.
NAMED: Final = 3


#: Where a page shows what an act was done to, by how the act is called.
_PLACES: Final = (
    ("dead_letter.", "/dead-letter?id="),
    ("delivery.", "/dead-letter?id="),
    ("event.corrected", "/dead-letter?id="),
    ("order.", "/order?number="),
    ("endpoint.", "/destinations#"),
    ("gate.", "/destinations#"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What an act was done to, the path of its page, and whose order it is."""

    name: str
    path: str
    order: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one request did alike: the first entry, how many, to what."""

    first: AuditEntry
    count: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A chain: what verifying it came to."""

    name: str
    found: Verified
    head: int


def audit(visit: Visit) -> Response:
    """The newest acts for which the filters hold."""
    asked = {name: visit.asked(name) for name in ("who", "what", "target", "run")}
    last = LOOKED if any(asked.values()) else NEWEST
    found = [one for one in _newest(visit.site, last) if _is_meant(one, asked)]
    rows = [_row(some) for some in together(sorted(found, key=lambda one: one.at_ms))]
    return visit.page(
        "audit",
        rows=rows[: -SHOWN - 1 : -1],
        asked=asked,
        looked=last,
        chains=(),
        signing=False,
        nobody=NOBODY,
        now_ms=now_ms(visit.site.client),
    )


def verified(visit: Visit) -> Response:
    """Whether an entry was changed, taken out, moved or put in."""
    reader, signing = _reader(visit.site), audit_keys(visit.site.settings)
    heads = [reader.head(chain).n for chain in reader.chains()]
    if sum(heads) > LONGEST:
        what = f"{sum(heads):,} entries are more than a page verifies"
        raise HTTPException(409, f"{what}: run `waybill audit verify`")
    return visit.page(
        "audit",
        rows=(),
        asked={},
        looked=0,
        chains=[_verified(reader, one, signing) for one in reader.chains()],
        signing=bool(signing),
        nobody=NOBODY,
        now_ms=now_ms(visit.site.client),
    )


def export(visit: Visit) -> Response:
    """Every entry as NDJSON, as `waybill audit export` prints it."""
    headers = {"Content-Disposition": 'attachment; filename="audit.ndjson"'}
    lines = _lines(_reader(visit.site))
    return StreamingResponse(lines, headers=headers, media_type="application/x-ndjson")


def _reader(site: Site) -> AuditReader:
    return AuditReader(site.client, site.settings.partitions)


def _newest(site: Site, last: int) -> Iterator[AuditEntry]:
    """Entries that can be read; what cannot is for verifying to name."""
    reader = _reader(site)
    for chain in reader.chains():
        yield from _read(reader.entries(chain, last))


def _read(raws: Iterator[bytes]) -> Iterator[AuditEntry]:
    for raw in raws:
        try:
            yield decode(raw)
        except DecodeError:
            continue


def _is_meant(entry: AuditEntry, asked: Mapping[str, str]) -> bool:
    """As `waybill audit list` filters; a run is one request's."""
    same = all(asked[name] in ("", entry.stated(name)) for name in ("who", "run"))
    is_named = asked["what"] in entry.stated("what")
    return same and is_named and concerns(entry, asked["target"])


def _row(entries: Sequence[AuditEntry]) -> Row:
    return Row(entries[0], len(entries), tuple(map(_target, entries[:NAMED])))


def _target(entry: AuditEntry) -> Target:
    name, what = entry.stated("target"), entry.stated("what")
    places = (place for begins, place in _PLACES if what.startswith(begins))
    place = next(places, "")
    path = f"{place}{quote(name, safe='')}" if place else ""
    return Target(name, path, entry.stated("order"))


def _verified(reader: AuditReader, one: Chain, signing: Sequence[bytes]) -> Whole:
    raws, head = reader.whole(one)
    return Whole(named(one), verify(raws, head, signing), head.n)


def _lines(reader: AuditReader) -> Iterator[str]:
    for chain in reader.chains():
        for entry in _read(reader.entries(chain)):
            yield json.dumps(document(chain, entry)) + "\n"
