"""Every Redis key of the ledger, as a function or a constant.

What each key holds, and for how long, stands in `workers.ledger.glossary`.

All keys of one partition carry its hash tag, `{wb:<p>}`, so that one script may
touch any of them on a cluster too. Functions that take a `root` take the prefix of a
partition; the key of a delivery's hash is that prefix followed by its ref:
`{wb:0}:delivery:7H2K….acme`. A watch is called `watch:<partner>:<order>`: the first one
of an order is kept in the order's hash, each further one in a hash that is called so.
"""

from binascii import crc_hqx
from typing import Final

from tasks.planning.rules import INGRAM_PREFIX

ORDER_PREFIX: Final = "order:"
WATCH_PREFIX: Final = "watch:"
DELIVERY_PREFIX: Final = "delivery:"
EVENT_PREFIX: Final = "event:"
RECORD_PREFIX: Final = "record:"
#: Field of an order's hash: this followed by a destination.
MADE_PREFIX: Final = "made:"

WORKERS: Final = "wb:workers"
MARKS: Final = "wb:marks"
RESTORE: Final = "wb:restore"
PARTITIONS: Final = "wb:partitions"
EPOCH: Final = "wb:epoch"
NAMESPACE: Final = "wb:namespace"
DEPLOYMENT: Final = "wb:deployment"
RECONCILED: Final = "wb:reconciled"
DRIFT: Final = "wb:drift"

#: What `next_looks` and `events` add to the prefix.
NEXT_NAME: Final = "next"
EVENTS_NAME: Final = "events"
#: What the key of a partition begins with.
TAG: Final = "{wb:"
#: Patterns of Redis' own: any key of a partition, and the hash of any order.
ANY: Final = "{wb:*}:*"
ANY_RECORD: Final = "{wb:*}:" + RECORD_PREFIX + "*"
ANY_ORDER: Final = "{wb:*}:" + ORDER_PREFIX + "*"


def partition_of(order_number: str, partitions: int) -> int:
    """The order's partition: CRC16 as Redis Cluster counts it, modulo the count."""
    return crc_hqx(order_number.encode(), 0) % partitions


def prefix(partition: int) -> str:
    """What every key of a partition begins with; the single key of its scripts."""
    return f"{{wb:{partition}}}:"


def order_ref(number: str) -> str:
    return ORDER_PREFIX + number


def watch_ref(partner: str, number: str) -> str:
    """What the watch of an order at a partner is called; no partner has a colon."""
    return f"{WATCH_PREFIX}{partner}:{number}"


def watched(ref: str) -> tuple[str, str] | None:
    """Partner and order of a watch, None for another item.

    Releases before watches carried their partner called the only one `order:<order>`,
    which has the partner "" here.
    """
    if ref.startswith(ORDER_PREFIX):
        return "", ref.removeprefix(ORDER_PREFIX)
    if not ref.startswith(WATCH_PREFIX):
        return None
    partner, _, number = ref.removeprefix(WATCH_PREFIX).partition(":")
    return partner, number


def delivery_ref(delivery_id: str) -> str:
    return DELIVERY_PREFIX + delivery_id


def event_ref(entry_id: str) -> str:
    return EVENT_PREFIX + entry_id


def item(root: str, ref: str) -> str:
    """The hash of an order, a delivery or an event that is a dead letter."""
    return root + ref


def order(root: str, number: str) -> str:
    """The order's hash: its first watch, and what is counted of it."""
    return item(root, order_ref(number))


def record(root: str, number: str) -> str:
    """The order's record and snapshot."""
    return f"{root}{RECORD_PREFIX}{number}"


def timeline(root: str, number: str) -> str:
    return f"{root}log:{number}"


def lane(root: str, order_number: str, destination: str) -> str:
    """The lane; the number may hold any character, so its length leads."""
    return f"{root}lane:{len(order_number.encode())}:{order_number}{destination}"


def purchase_orders(root: str, bucket: str) -> str:
    """Who uses the purchase orders of a bucket: `serializers.purchase_order_uses`."""
    return f"{root}po:{bucket}"


def shared_purchase_order(root: str, digest: str) -> str:
    """The same of one purchase order alone, where it is too long for its bucket."""
    return f"{root}uses:{digest}"


def seen(root: str, digest: str) -> str:
    """The mark of an event that was admitted, by the digest of its source and id."""
    return f"{root}seen:{digest}"


def decided(root: str, entry: str) -> str:
    """The mark of an entry whose dead letter was replayed or discarded."""
    return f"{root}decided:{entry}"


def repaired(root: str, repair: str) -> str:
    """The mark of a repair that was made, by its id."""
    return f"{root}repaired:{repair}"


def due(root: str, destination: str) -> str:
    return root + due_name(destination)


def leased(root: str, destination: str) -> str:
    return root + leased_name(destination)


def due_name(destination: str) -> str:
    """What `due` adds to the prefix, for scripts that are given the rest."""
    return f"due:{destination}"


def leased_name(destination: str) -> str:
    """What `leased` adds to the prefix."""
    return f"leased:{destination}"


def next_looks(root: str) -> str:
    """The moments of Release's next looks."""
    return root + NEXT_NAME


def dead(root: str) -> str:
    return f"{root}dead"


def destinations(root: str) -> str:
    return f"{root}destinations"


def disabled(root: str) -> str:
    return f"{root}parked"


def pauses(root: str) -> str:
    return f"{root}pauses"


def failing(root: str) -> str:
    """Items whose last attempt has failed, and which come again."""
    return f"{root}failing"


def failures(root: str) -> str:
    """How each destination has failed last."""
    return f"{root}failures"


def endpoints(root: str) -> str:
    """The roster's names."""
    return f"{root}endpoints"


def settings(root: str) -> str:
    """What workers have started with, in the first partition alone."""
    return f"{root}settings"


def roster(root: str) -> str:
    """The roster's version."""
    return f"{root}roster"


def held(root: str) -> str:
    return f"{root}held"


def sources(root: str) -> str:
    return f"{root}sources"


def results(root: str) -> str:
    """The stream of what the ERP hears of the partition's orders."""
    return f"{root}results"


def audit(root: str) -> str:
    """The audit chain: what people did on the partition."""
    return f"{root}audit"


def audit_head(root: str) -> str:
    return f"{root}audit_head"


def counts(root: str) -> str:
    return f"{root}counts"


def events(root: str) -> str:
    """The partition's own stream of events, where there are several partitions."""
    return root + EVENTS_NAME


def home(stream: str) -> str:
    """The prefix of a stream's own partition, of the first for one that all share."""
    tag, found, _ = stream.partition(EVENTS_NAME)
    return tag if found and stream.startswith(TAG) else prefix(0)


def _tagged(stream: str) -> str:
    """A stream as what is kept beside it names it, in the same slot."""
    return stream if stream.startswith(TAG) else f"{{{stream}}}"


def account(stream: str, group: str) -> str:
    return f"wb:account:{_tagged(stream)}:{group}"


def door(stream: str, digest: str) -> str:
    """The mark of an event that was posted, by the digest of its source and id."""
    return f"wb:door:{_tagged(stream)}:{digest}"


def repair_added(stream: str, repair: str) -> str:
    """The mark of a repair that has added an entry to the stream, by its id."""
    return f"wb:repaired:{_tagged(stream)}:{repair}"


def session(digest: str) -> str:
    """A session of the console, by the digest of its cookie."""
    return f"wb:console:session:{digest}"


def sign_ins(digest: str) -> str:
    """Attempts to sign in, by the digest of a name or an address."""
    return f"wb:console:sign_ins:{digest}"


def gate(destination: str) -> str:
    return f"wb:gate:{destination}"


def reserve(destination: str) -> str:
    """Who gives of what a destination's limit leaves beside the partitions' own."""
    return f"wb:reserve:{destination}"


def endpoint(name: str) -> str:
    return f"wb:endpoint:{name}"


def partner(destination: str) -> str:
    """As `endpoint`, of a destination that is none; an endpoint may have its name."""
    return f"wb:partner:{destination}"


def condition(destination: str) -> str:
    """What is known of a destination that fails, or is sent nothing."""
    name = destination.removeprefix(INGRAM_PREFIX)
    return partner(destination) if name == destination else endpoint(name)


def token(credential: str) -> str:
    return f"wb:token:{credential}"


def known_endpoints(digest: str) -> str:
    return f"wb:known:{digest}"


def kept_marks(deployment: str) -> str:
    """The only key that is in another Redis than the ledger's."""
    return f"wb:kept-marks:{deployment}"
