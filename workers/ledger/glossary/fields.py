"""Fields of the ledger's hashes, each with its meaning.

`workers.ledger.glossary` names the keys that have them.
"""

from collections.abc import Mapping
from typing import Final

#: Fields by name, each with its meaning; a name may hold a part in angle brackets.
Fields = Mapping[str, str]

_WATCH_OR_DELIVERY: Final[Fields] = {
    "state": "where the item is; see the chart of docs/map.md",
    "fence": "the fencing token: rises with each claim",
    "tries": "attempts begun; of a watch, since the last look that worked",
    "run": "names the attempt under way",
    "destination": "where it goes",
    "history": "a line for every attempt, 8 KiB at most",
    "why": "why it is a dead letter",
    "code": "of the last attempt that failed, or of the dead letter",
}

WATCH: Final[Fields] = {
    **_WATCH_OR_DELIVERY,
    "look_again": "an event came while it was leased or looked at, and no look has"
    " begun since",
    "looked": "UTC ms of the last look, or behind those that an abandoned order had",
    "seen": "what a partner whose lines are not the record's keeps of its last look;"
    " of a watch by purchase order at Westcon, how many looks in a row have asked for"
    " its own orders by number",
}

ORDER: Final[Fields] = {
    **WATCH,
    "version": "counts changes of the record; compared and set",
    "watches": "the partners that watch it too, after the first, each with a blank",
    "abandoned": "the version in which a person gave it up",
    "linked": "of which version the newest link is that DECK has, after a `v`",
    "open": "how many of its deliveries have not ended, dead letters among them; until"
    " then the hash stays, and `version` goes on",
    "made:<destination>": "how many notifications were made for it",
    "sources": "marks of the sources that its events came from, the first first, each"
    " with a blank",
    "life": "six digits that name the order's life, from the first event's digest,"
    " and how many results there have been about it",
    "trace": "the traceparent of the newest event that had one",
    "anew": "the version with which its number was used again, while deliveries of the"
    " earlier order had not ended",
}

DELIVERY: Final[Fields] = {
    **_WATCH_OR_DELIVERY,
    "order": "the number of its order",
    "kind": "link, notification or change: a change has the unrendered notification as"
    " its `payload`, until a worker that knows the endpoint has put the body in its"
    " place",
    "payload": "what is sent; gone with its end",
    "seq": "the order's version that made it",
    "at": "UTC ms at which it was made",
    "waited": "ms for which its event, or the look's question, had been there by then;"
    " gone with its end",
    "trace": "the traceparent of what made it, if any; gone with its end",
    "open": "1 until it has ended, then 0; absent where an older release made it",
    "superseded": "a newer link waits for this one's end",
    "again": "how often `waybill reconcile apply` has sent it again after its end",
    "corrected": "of a dead letter, the ref of what was sent in its place",
    "number": "which one it is of its order's notifications to its destination, from 1",
}

EVENT: Final[Fields] = {
    "state": "dead",
    "kind": "event",
    "payload": "its bytes, where its entry had the field `event` and no other",
    "fields": "else all names and values of the entry, as netstrings without commas",
    "why": "why it was refused",
    "corrected": "the event, and its entry, that was published in its place",
    "revision": "SHA-1 of that entry's fields: the same is published once",
    "code": "of the refusal",
}

COUNTS: Final[Fields] = {
    "admitted": "events",
    "duplicate": "events that came again",
    "merged": "events that were the first of their source about an order of another",
    "done": "deliveries",
    "superseded": "deliveries",
    "discarded": "dead letters and deliveries",
    "dead": "items and events that were given up",
    "replayed": "dead letters",
    "repaired:<act>": "repairs of reconciliations",
    "results_unwritten": "results that could not be added, since a key of another kind"
    " stands in the stream's place",
    "results_dropped": "results that were dropped before a consumer group had read"
    " them: it has reached the hard bound",
    "ambiguous": "sends of deliveries of which nobody knows whether they arrived",
    "ambiguous:<cause>": "each of them once more: `gateway` (a 5xx or 408), `lost` (no"
    " answer that could be read) or `worker` (its worker ended while sending); an older"
    " release counts no cause",
}

FAILURES: Final[Fields] = {
    "<destination>": "UTC ms, the code, what happened in 200 characters at most, with"
    " tabs between; until it fails again, or its endpoint is forgotten",
}

GATE: Final[Fields] = {
    "until": "UTC ms before which nothing is claimed",
    "open": "the circuit breaker is open, or half open",
    "probe": "UTC ms until which a half-open breaker's probe is out",
    "failures": "in a row",
    "paced": "UTC ms up to which calls are spoken for by the rate limit",
    "why": "the code of what closed it; absent when its breaker did",
    "opened": "UTC ms at which a person opened it for one call, as in `until`",
    "shut": "UTC ms at which its closing was reported, until a call is answered again",
}

ACTED: Final[Fields] = {
    "token": "of one run of one script",
    "answer": "what that answered, as MessagePack",
}

ENDPOINT: Final[Fields] = {
    "failing": "UTC ms since when every call has failed",
    "failures": "how many did since",
    "code": "of the last",
    "warned": "steps of the way to being disabled that were reported",
    "given_up": "notifications given up since",
    "disabled": "UTC ms at which it was disabled",
    "why": "who or what disabled it",
    "run": "the request that disabled it, empty for the workers' own decision",
    "pause": "a name for this pause, as the partitions have it",
    "marked": "1 once every partition has it",
}

PARTNER: Final[Fields] = {
    "failing": "UTC ms since when its items have been given up",
    "failures": "how many were since",
    "code": "of the last",
    "given_up": "how many in a row were",
    "disabled": "UTC ms at which it was paused",
    "why": "who or what paused it",
    "run": "the request that paused it, empty for the workers' own decision",
    "pause": "a name for this pause, as the partitions have it",
    "marked": "1 once every partition has it",
}

TOKEN: Final[Fields] = {
    "token": "the access token",
    "ends": "UTC ms at which it ends",
    "refresh": "UTC ms from which somebody asks for a new one",
    "owner": "who asks for one",
    "locked": "UTC ms until which nobody else does",
    "failed": "UTC ms until which nobody asks, since asking failed",
    "failures": "how often that was so in a row",
    "code": "why it failed",
    "message": "why it failed, in words",
    "rejected": "UTC ms at which a partner refused a token last",
}

ACCOUNT: Final[Fields] = {
    "settled": "entries that are durable and acknowledged",
    "added": "entries that were added until the last look",
    "exact": "1 where Redis counts what is added, else 0",
    "base": "of those, none of ours, or lost and counted",
    "next": "the entry that was the next to be read",
    "lost": "entries that were never admitted",
    "told": "of them in a log",
    "lost_at": "UTC ms at which a loss was noticed last",
    "vague": "there may be more",
    "accepted": "for so many a person has settled it",
}

MARKS: Final[Fields] = {
    "version": "rises with each look of any worker",
    "at": "UTC ms of the last look",
    "accepted": "UTC ms at which a person accepted a restored ledger",
    "<worker>": "the version of that worker's last look",
}

RESTORE: Final[Fields] = {
    "<kind>:at": "UTC ms at which this kind was found first",
    "<kind>:message": "of the heaviest finding of the kind, for people",
    "<kind>:by": "the worker that found it",
    "<kind>:weight": "how heavy it is",
}

RECONCILED: Final[Fields] = {
    "at": "UTC ms at which the last whole run ended",
    "found:<kind>": "findings of that run",
    "lost": "those of them that stand for something lost",
    "unasked": "questions of that run that a partner could not be asked",
    "replaced:<act>": "repairs that an older release has made; others: `counts`",
}

DRIFT: Final[Fields] = {
    "shape:<id>": "what is new: partner, interface, kind, path and form, in JSON",
    "count:<id>": "how often it was met",
    "first:<id>": "UTC ms at which it was listed",
    "last:<id>": "UTC ms at which it was met last",
    "place:<id>": "the destination where that was",
    "samples:<id>": "how many samples of it there are, 20 at most",
    "sample:<id>:<n>": "one of them, masked, 4 KiB at most, from 1",
    "forgotten:<id>": "UTC ms at which a person forgot it; until it is met again",
    "forgotten": "UTC ms at which a person forgot all of them",
    "shapes": "how many there are, 200 at most",
    "alike:<partner and kind>": "how many of them, 40 at most",
    "bytes": "of all samples, 1 MiB at most",
    "newest": "UTC ms at which one was listed last",
    "found:<partner>": "how many were ever listed; nobody forgets that",
    "unlisted": "how often one was met that had no room",
}
