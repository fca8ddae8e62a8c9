"""Glossary of a partition's keys, all of one hash tag."""

from dataclasses import dataclass, field
from typing import Final, Literal

from workers.ledger import keys
from workers.ledger.audit.keys import CHAINS
from workers.ledger.glossary import fields as hash_fields
from workers.ledger.glossary.fields import Fields
from workers.ledger.layout import keys as layout_keys

#: Stands for the prefix of a partition in the glossary.
ROOT: Final = "<prefix>"

Type = Literal["string", "hash", "list", "set", "zset", "stream"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of key.

    Attributes:
        key: its form; what differs stands in angle brackets.
        type: of Redis.
        holds: what a string is, or the members of a collection and their order.
        lives: how long it stays; "" for as long as the ledger.
        fields: of a hash, "" without.
    """

    key: str
    type: Type
    holds: str
    lives: str = ""
    fields: Fields = field(default_factory=dict)


#: Those of a partition.
PARTITION: Final = (
    Kind(
        keys.seen(ROOT, "<digest>"),
        "string",
        "the mark of an event that was admitted: a format, a colon, what"
        " `serializers.events.identity` makes of its meaning. Without a format it is a"
        " digest of bytes, of the first release, and any event of the same name counts"
        " as a repeat; with an unknown one, an event of the same name waits in the"
        " stream for a worker that can compare the two",
        "the dedup window",
    ),
    Kind(
        keys.decided(ROOT, "<entry id>"),
        "string",
        "the mark of an entry whose event was a dead letter, until that was replayed or"
        " discarded: UTC ms, a blank, which of the two; or of one that was moved into"
        " its partition's stream: UTC ms, `moved`, the entry there, with blanks."
        " `waybill replay-stream` leaves the entry alone",
        "the dedup window",
    ),
    Kind(
        f"{ROOT}confirmed",
        "string",
        "nothing; with `WAYBILL_DURABILITY` it is written before each WAIT, which looks"
        " at what its own connection wrote last",
    ),
    Kind(
        keys.events(ROOT),
        "stream",
        "events, where there are several partitions, as `WAYBILL_STREAM` has them",
        "until admitted",
    ),
    Kind(
        keys.repaired(ROOT, "<id>"),
        "string",
        "the mark of a repair that was made: UTC ms, a blank, its plan's digest",
        "as long as an order is kept after its end",
    ),
    Kind(
        keys.order(ROOT, "<number>"),
        "hash",
        "the order's first watch, and what is counted of it",
        "until all of it has ended, then the retention",
        hash_fields.ORDER,
    ),
    Kind(
        keys.item(ROOT, keys.watch_ref("<partner>", "<number>")),
        "hash",
        "a further watch of the order",
        "with the order's hash",
        hash_fields.WATCH,
    ),
    Kind(
        keys.record(ROOT, "<number>"),
        "string",
        "record and snapshot, deflated",
        "while watched, then the retention",
    ),
    Kind(
        keys.purchase_orders(ROOT, "<bucket>"),
        "hash",
        "who uses the purchase orders of a bucket, by the rest of their digests: a line"
        " for each of the ERP's orders, `<day>`, its name, Westcon's numbers that are"
        " given to it, with tabs between; `+` where these stand in a key of their own",
        "an order's line until its record is gone: each write looks at a few; all of it"
        " two years after its last write",
    ),
    Kind(
        keys.shared_purchase_order(ROOT, "<digest>"),
        "string",
        "the lines of one purchase order where they are longer than 60 bytes",
        "with its field",
    ),
    Kind(
        keys.timeline(ROOT, "<number>"),
        "list",
        "the timeline: see `serializers.timeline.entry`, oldest first",
        "with the record",
    ),
    Kind(
        keys.item(ROOT, keys.delivery_ref("<id>")),
        "hash",
        "a delivery",
        "the retention after its end",
        hash_fields.DELIVERY,
    ),
    Kind(
        keys.item(ROOT, keys.event_ref("<entry id>")),
        "hash",
        "an event that is a dead letter",
        "until replayed or discarded",
        hash_fields.EVENT,
    ),
    Kind(
        f"{ROOT}lane:<length>:<order><destination>",
        "list",
        "refs of undelivered deliveries, head first",
        "until empty",
    ),
    Kind(
        keys.due(ROOT, "<destination>"),
        "zset",
        "refs by the UTC ms from which they may be claimed",
        "until empty",
    ),
    Kind(
        keys.leased(ROOT, "<destination>"),
        "zset",
        "refs by the UTC ms at which their lease ends",
        "until empty",
    ),
    Kind(
        keys.dead(ROOT),
        "zset",
        "refs of dead letters by the UTC ms at which they were given up",
        "until replayed or discarded",
    ),
    Kind(keys.destinations(ROOT), "set", "destinations with work"),
    Kind(keys.next_looks(ROOT), "zset", "destinations by the UTC ms of the next look"),
    Kind(keys.disabled(ROOT), "set", "disabled destinations", "until enabled"),
    Kind(
        keys.pauses(ROOT),
        "hash",
        "the pause that disabled each destination; behind a `-` one that has ended",
        "until its endpoint is forgotten",
    ),
    Kind(
        keys.failing(ROOT),
        "zset",
        "refs of items that fail and come again, by the UTC ms at which they began to",
        "until one works, or has ended",
    ),
    Kind(
        keys.failures(ROOT),
        "hash",
        "how each destination of the partition has failed last",
        fields=hash_fields.FAILURES,
    ),
    Kind(
        keys.endpoints(ROOT),
        "set",
        "names of endpoints: every worker adds those of its settings, a person takes"
        " one out. An order that names no endpoint concerns all of them",
        "until forgotten",
    ),
    Kind(
        keys.roster(ROOT),
        "string",
        "the version of `endpoints`, `<ms>-<n>`: another one after each change, and a"
        " plan made with another one is made anew",
    ),
    Kind(
        keys.held(ROOT),
        "string",
        "why nothing is claimed or begun: the kind of a finding",
        "until accepted",
    ),
    Kind(keys.sources(ROOT), "hash", "sources of events by their marks, 1,000 at most"),
    Kind(
        keys.results(ROOT),
        "stream",
        "what the ERP hears of its orders, in the field `event`: a CloudEvent, see"
        " docs/results.md",
        "an entry for `WAYBILL_RESULTS__RETENTION`, and while a consumer group has not"
        " read it",
    ),
    Kind(
        keys.settings(ROOT),
        "string",
        "endpoints' names and secrets' digests of the worker that started last, see"
        " `audit.settings_book`; in the first partition alone",
    ),
    Kind(
        keys.audit(ROOT),
        "list",
        "the audit chain, an entry for each act: its link, its signature and a JSON"
        " object, see `serializers.audit.entry`, oldest first",
    ),
    Kind(
        keys.audit_head(ROOT),
        "string",
        "how far the chain has come: the number of its entries and the last one's link",
    ),
    Kind(
        CHAINS.replace(keys.prefix(0), ROOT),
        "set",
        "keys beside the partitions that have a chain of their own; in the first"
        " partition of a Cluster alone",
    ),
    Kind(
        f"{ROOT}acted:<run>",
        "hash",
        "the last act of a request, so that the same run of a script is answered as"
        " before when its answer was lost",
        "10 minutes",
        hash_fields.ACTED,
    ),
    Kind(
        layout_keys.followed(ROOT),
        "string",
        "the version of the layout below which nothing is admitted here; absent in a"
        " ledger that was never repartitioned",
    ),
    Kind(
        layout_keys.copy(ROOT),
        "string",
        "that layout, as the ledger has it: where it has lost it, it is put back, see"
        " `layout.recovered`",
    ),
    Kind(
        layout_keys.parcel(ROOT, "<number>"),
        "string",
        "all that there is of an order on its way into another partition: the parcel's"
        " id, a line's end, and in MessagePack its keys with what they hold and the UTC"
        " ms at which each ends, its places in sorted sets, and its sources",
        "until the order is at home",
    ),
    Kind(
        layout_keys.parcels(ROOT),
        "set",
        "orders that have a parcel",
        "until empty",
    ),
    Kind(
        layout_keys.unpacked(ROOT, "<number>"),
        "string",
        "the id of the parcel from which the order was set up here last",
        "until the parcel has gone, then a day",
    ),
    Kind(keys.counts(ROOT), "hash", "how often", fields=hash_fields.COUNTS),
)
