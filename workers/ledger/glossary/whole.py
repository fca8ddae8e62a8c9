"""Glossary of the keys beside the partitions, and of all keys."""

from typing import Final

from workers.ledger import keys
from workers.ledger.audit.keys import root_of
from workers.ledger.glossary import fields as hash_fields
from workers.ledger.glossary.partition import PARTITION, Kind
from workers.ledger.layout import keys as layout_keys

#: Every kind of key, those of a partition first.
KINDS: Final = (
    *PARTITION,
    Kind(
        keys.gate("<destination>"),
        "hash",
        "breaker, rate limit and Retry-After of a destination; of a partition, by its"
        " prefix, that its primary on a Cluster lacks replicas",
        "an hour after the last word",
        hash_fields.GATE,
    ),
    Kind(
        keys.audit(root_of("<key>")),
        "list",
        "the audit chain of what is done on a Cluster to a key beside the partitions,"
        " as a partition's",
    ),
    Kind(
        keys.audit_head(root_of("<key>")),
        "string",
        "how far that chain has come",
    ),
    Kind(
        f"{root_of('<key>')}acted:<run>",
        "hash",
        "the last act of a request on that key, as a partition's",
        "10 minutes",
        hash_fields.ACTED,
    ),
    Kind(
        keys.reserve("<destination>"),
        "string",
        "who gives of the destination's reserve of leases now, see `reserves`",
        "while it does, 10 s at most",
    ),
    Kind(
        keys.endpoint("<name>"),
        "hash",
        "an endpoint that fails or is disabled",
        "until it works or is enabled; one that only fails, a while after the last"
        " failure: without calls there is no failing",
        hash_fields.ENDPOINT,
    ),
    Kind(
        keys.partner("<destination>"),
        "hash",
        "a destination beside the endpoints that is paused",
        "until it goes on",
        hash_fields.PARTNER,
    ),
    Kind(
        keys.token("<credential>"),
        "hash",
        "the access token of a credential",
        "25 hours after the last change, and as long as nobody may ask",
        hash_fields.TOKEN,
    ),
    Kind(
        keys.door("<stream>", "<digest>"),
        "string",
        "the mark of an event that was posted to `waybill serve`, as `seen` has it, a"
        " blank, and the id of its first entry",
        "the dedup window",
    ),
    Kind(
        keys.repair_added("<stream>", "<id>"),
        "string",
        "the mark of a repair that has published an event: UTC ms, the digest of its"
        " plan and the id of its entry, with blanks between",
        "as long as an order is kept after its end",
    ),
    Kind(
        keys.session("<digest>"),
        "string",
        "a session of the console: who it is of, and what let them in",
        "WAYBILL_HTTP__SESSION_IDLE after its last request",
    ),
    Kind(
        keys.sign_ins("<digest>"),
        "string",
        "attempts to sign in to the console under a name, or from an address",
        "15 minutes after the first of them",
    ),
    Kind(
        keys.account("<stream>", "<group>"),
        "hash",
        "the account of a stream",
        fields=hash_fields.ACCOUNT,
    ),
    Kind(
        keys.known_endpoints("<digest>"),
        "set",
        "names of endpoints that workers know, see `endpoints.known`",
        "60 s after the last of them",
    ),
    Kind(
        keys.WORKERS,
        "hash",
        "workers that are alive, by token: `<ms> <its heartbeat>`",
        "two minutes after the last of them",
    ),
    Kind(keys.MARKS, "hash", "how far the ledger has come", fields=hash_fields.MARKS),
    Kind(
        keys.RESTORE,
        "hash",
        "what was found of a restore, and nobody has accepted",
        "until accepted",
        hash_fields.RESTORE,
    ),
    Kind(
        keys.PARTITIONS,
        "string",
        "the number of partitions that it was made with",
    ),
    Kind(
        layout_keys.LAYOUT,
        "string",
        "the layout of a ledger that was repartitioned, in JSON, see `layout.layout`",
    ),
    Kind(
        layout_keys.MOVER,
        "string",
        "who moves orders into other partitions now: a name, for people",
        "30 s after the last step of it",
    ),
    Kind(
        keys.EPOCH,
        "string",
        "UTC ms at which this ledger was made; a Redis that lost its memory has lost it"
        " too",
    ),
    Kind(
        keys.NAMESPACE,
        "string",
        "what names an order, `number` or `source`; another one is refused once there"
        " are orders",
    ),
    Kind(
        keys.DEPLOYMENT,
        "string",
        "the name of the deployment it belongs to; another one is refused",
        "until renamed",
    ),
    Kind(
        keys.RECONCILED,
        "hash",
        "the last run of `waybill reconcile`, and what it has repaired so far",
        fields=hash_fields.RECONCILED,
    ),
    Kind(
        keys.DRIFT,
        "hash",
        "the list of what partners sent beyond their contracts",
        "until forgotten",
        fields=hash_fields.DRIFT,
    ),
    Kind(
        keys.kept_marks("<deployment>"),
        "string",
        "the marks, in another Redis than the ledger's, see `restore.kept_marks`",
    ),
)
