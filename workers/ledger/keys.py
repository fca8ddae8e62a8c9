"""Every Redis key of the ledger, with its glossary line.

All keys of one partition carry its hash tag, `{wb:<p>}`, so that one script may
touch any of them on a cluster too. A partition's prefix followed by an item's
ref is the item's key: `{wb:0}:order:SO-1`, `{wb:0}:delivery:7H2K….acme`.

| key | type | members | lives |
|---|---|---|---|
| `<prefix>seen:<digest>` | string | an event's mark, see `SEEN` | dedup window |
| `<prefix>order:<number>` | hash | see `ORDER_FIELDS` | till all ended + retention |
| `<prefix>record:<number>` | string | record and snapshot | watched, then retention |
| `<prefix>log:<number>` | list | timeline: `<ms> <line>` | with the record |
| `<prefix>delivery:<id>` | hash | see `DELIVERY_FIELDS` | retention after the end |
| `<prefix>event:<entry id>` | hash | see `EVENT_FIELDS` | until replayed |
| `<prefix>lane:<length>:<order><destination>` | list | refs, head first | until empty |
| `<prefix>due:<destination>` | sorted set | refs by the ms they may be claimed | |
| `<prefix>leased:<destination>` | sorted set | refs by the ms their lease ends | |
| `<prefix>dead` | sorted set | refs of dead letters by ms | till replayed |
| `<prefix>destinations` | set | destinations with work | |
| `<prefix>next` | sorted set | destinations by the ms of Release's next look | |
| `<prefix>parked` | set | disabled destinations | until enabled |
| `<prefix>endpoints` | set | names of endpoints, see `ROSTER` | until forgotten |
| `<prefix>roster` | string | the version of `endpoints` | |
| `<prefix>held` | string | why nothing is sent: `restore.findings` | until accepted |
| `<prefix>sources` | hash | sources of events by their marks, 1,000 at most | |
| `<prefix>counts` | hash | how often, see `COUNTS` | |
| `wb:gate:<destination>` | hash | see `GATE_FIELDS` | an hour after the last word |
| `wb:endpoint:<name>` | hash | see `ENDPOINT_FIELDS` | until it works, or is enabled |
| `wb:token:<name>` | hash | see `partners.oauth.token_store` | until it ends |
| `wb:account:{<stream>}:<group>` | hash | see `ACCOUNT_FIELDS` | |
| `wb:known:<digest>` | set | names that workers know, see `endpoints.known` | 60 s |
| `wb:workers` | hash | token: `<ms> <its state>`, see `identity.heartbeats` | 12 s |
| `wb:marks` | hash | see `MARKS` | |
| `wb:restore` | hash | see `RESTORE` | until accepted |
| `wb:partitions` | string | the number of partitions | |
| `wb:epoch` | string | ms at which this ledger was made | |
| `wb:namespace` | string | what names an order: `number` or `source` | |
| `wb:deployment` | string | the deployment it belongs to | until renamed |
| `wb:kept-marks:<deployment>` | string | in another Redis, see `restore.kept_marks` | |
"""

from binascii import crc_hqx

#: The mark of an event that was admitted, under the digest of its source and id: a
#: format, a colon, and what `serializers.events.identity` makes of its meaning. Without
#: a format it is a digest of bytes, of the first release, and any event of the same
#: name counts as a repeat. With an unknown format, an event of the same name waits in
#: the stream for a worker that can compare the two.
SEEN = "seen:"

#: The counts. `merged` events that were the first of their source about an order of
#: another one; `admitted`, `duplicate`, `done`, `dead`, `superseded` and `discarded`
#: events and deliveries; `ambiguous` sends of deliveries of which nobody knows whether
#: they arrived, and each of them once more under its cause: `ambiguous:gateway` (a 5xx
#: or 408), `ambiguous:lost` (no answer that could be read), `ambiguous:worker` (its
#: worker ended while sending). A worker of an older release counts no cause.
COUNTS = "counts"

#: The endpoints of the ledger: every worker adds those of its settings when it starts,
#: a person takes one out. An order that names no endpoint is told to all of them. The
#: version is `<ms>-<n>`, and another one after each change: a plan made with another
#: one is made anew.
ENDPOINTS, ROSTER = "endpoints", "roster"

#: The order hash. `version` counts changes of the record; `state` is the watch's (due,
#: leased, sending, dead, ended; absent without a watch); `fence` rises with each claim;
#: `tries` begun since the last look that worked; `run` names the try under way;
#: `look_again` an event came while it was leased or looked at, and no look has begun
#: since; `looked` ms of the last look; `linked` of which version the newest link is
#: that DECK has, after a `v`; `open` how many of its deliveries have not ended, dead
#: letters among them: until then the hash stays, and `version` goes on;
#: `made:<destination>` how many notifications were made for it; `sources` marks of the
#: sources that its events came from, the first first, each with a blank; `anew` the
#: version with which its number was used again, while deliveries of the earlier order
#: had not ended; `why` and `code` of a dead letter.
ORDER_FIELDS = (
    "version",
    "state",
    "fence",
    "tries",
    "run",
    "destination",
    "look_again",
    "looked",
    "linked",
    "open",
    "made:<destination>",
    "sources",
    "anew",
    "history",
    "why",
    "code",
)

#: The delivery hash. `state` is lane, due, leased, sending, done, dead, superseded
#: or discarded; `seq` the order's version that made it; `at` ms when; `open` 1 until
#: it has ended, then 0, absent where an older release made it; `superseded`
#: a newer link waits for this one's end; `number` which one it is of its order's
#: notifications to its destination, from 1; `history` a line for every try; `why` of a
#: dead letter, `code` of the last failed try. `kind` is link, notification or change: a
#: change has the unrendered notification as its `payload`, until a worker that knows
#: the endpoint has put the body in its place.
DELIVERY_FIELDS = (
    "state",
    "fence",
    "tries",
    "run",
    "destination",
    "order",
    "kind",
    "payload",
    "seq",
    "at",
    "open",
    "superseded",
    "number",
    "history",
    "why",
    "code",
)

#: The hash of an event that is a dead letter. `payload` its bytes, where its entry had
#: the field `event` and no other; else `fields`, all names and values of the entry as
#: netstrings without commas; `why` and `code` of the refusal.
EVENT_FIELDS = ("state", "kind", "payload", "fields", "why", "code")

#: The gate hash. Nothing is claimed before `until`; `open` the breaker's mark;
#: `probe` ms until which a half-open breaker's probe is out; `failures` in a row;
#: `paced` ms up to which calls are spoken for by the rate limit; `why` the code of
#: what closed it, absent when its breaker did; `shut` ms when its closing was reported,
#: until a call is answered again.
GATE_FIELDS = ("until", "open", "probe", "failures", "paced", "why", "shut")

#: The endpoint hash, of one that fails or is disabled. `failing` ms since when every
#: call has failed; `failures` so many; `code` of the last; `warned` steps of the way to
#: being disabled that were told; `given_up` notifications given up since; `disabled` ms
#: when it was, `why`. While it only fails, it ends two days after the last failure:
#: without calls there is no failing.
ENDPOINT_FIELDS = (
    "failing",
    "failures",
    "code",
    "warned",
    "given_up",
    "disabled",
    "why",
)

#: The account of a stream. `settled` entries are durable and acknowledged; `added` so
#: many were added when it was last looked at, as Redis counts them (`exact` 1) or as
#: far as is known (0); `base` of those are none of ours, or lost and counted; `next`
#: the entry that was the next to be read; `lost` so many were never admitted, `told` of
#: them in a log, noticed last at `lost_at` ms, `vague` when there may be more;
#: `accepted` for so many a person has settled it.
ACCOUNT_FIELDS = (
    "settled",
    "added",
    "exact",
    "base",
    "next",
    "lost",
    "told",
    "lost_at",
    "vague",
    "accepted",
)

#: The workers that are alive; each refreshes its own field every few seconds.
WORKERS = "wb:workers"

#: How far the ledger has come. `version` rises with each look of any worker, `at` ms of
#: the last one, `accepted` ms at which a person accepted a restored ledger; a field for
#: each worker, by its token: the version of its last look.
MARKS = "wb:marks"

#: What was found and nobody has accepted, for each `tasks.restore_detection.Kind`:
#: `<kind>:at` ms when first; of the heaviest `<kind>:message` a sentence, `<kind>:by`
#: who found it, `<kind>:weight` how heavy it is.
RESTORE = "wb:restore"

#: While a partition has this key, nothing of it is claimed or begun.
HELD = "held"

#: The number of partitions this ledger was made with; another number is refused.
PARTITIONS = "wb:partitions"

#: When this ledger was made; a Redis that lost its memory has lost it too.
EPOCH = "wb:epoch"

#: What names an order, its number or its number within its source; another setting is
#: refused once there are orders.
NAMESPACE = "wb:namespace"

#: The name of the deployment that this ledger belongs to; another one is refused.
DEPLOYMENT = "wb:deployment"

ORDER_PREFIX = "order:"
DELIVERY_PREFIX = "delivery:"
EVENT_PREFIX = "event:"


def partition_of(order_number: str, partitions: int) -> int:
    """The order's partition: CRC16 as Redis Cluster counts it, modulo the count."""
    return crc_hqx(order_number.encode(), 0) % partitions


def prefix(partition: int) -> str:
    return f"{{wb:{partition}}}:"


def account(stream: str, group: str) -> str:
    return f"wb:account:{{{stream}}}:{group}"


def gate(destination: str) -> str:
    return f"wb:gate:{destination}"


def endpoint(name: str) -> str:
    return f"wb:endpoint:{name}"


def known_endpoints(digest: str) -> str:
    return f"wb:known:{digest}"


def order_ref(number: str) -> str:
    return ORDER_PREFIX + number


def record(order_number: str, partitions: int) -> str:
    """The key of an order's record and snapshot."""
    return f"{prefix(partition_of(order_number, partitions))}record:{order_number}"


def delivery_ref(delivery_id: str) -> str:
    return DELIVERY_PREFIX + delivery_id


def event_ref(entry_id: str) -> str:
    return EVENT_PREFIX + entry_id


def lane(root: str, order_number: str, destination: str) -> str:
    """The lane's key; the number may hold any character, so its length leads."""
    return f"{root}lane:{len(order_number.encode())}:{order_number}{destination}"
