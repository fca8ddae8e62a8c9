"""Findings of a restored ledger or a clock that was set, kept until accepted.

Redis holds one hash, `wb:restore`, with a few fields for each kind of finding. While
nothing may be sent, every partition has the key `<prefix>held`, which the scripts that
start work ask for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import redis

from tasks.restore_detection import Finding, Kind
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import number, text
from workers.redis.cluster.client import ClusterClient

ACCEPT = "waybill doctor --accept-restore"

#: That nothing is sent, and what to do.
HELD = (
    "nothing is sent, since the ledger was restored; see that it is the one that is"
    f" meant, then run `{ACCEPT}`"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One kind of finding that nobody has accepted.

    Attributes:
        kind: what has happened; a newer release may name others than `Kind`.
        message: a sentence for people.
        at_ms: UTC ms at which it was found first.
        by: the worker that found the heaviest of the kind.
    """

    kind: str
    message: str
    at_ms: int
    by: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What is known of restores.

    Attributes:
        found: what nobody has accepted, the oldest first.
        held: whether nothing is sent until somebody does.
    """

    found: tuple[Found, ...] = ()
    held: bool = False


class Restores:
    """What was found; every method raises redis.RedisError.

    Args:
        client: of the ledger.
        partitions: of the ledger.
        scripts: on that client; the tests pass some on a clock of their own.
    """

    def __init__(
        self, client: "redis.Redis", partitions: int, scripts: Scripts | None = None
    ) -> None:
        self._client = client
        self._scripts = scripts or Scripts(client)
        roots = [keys.prefix(partition) for partition in range(partitions)]
        self._held = [keys.held(root) for root in roots]

    def report(self, finding: Finding, by: str, *, hold: bool) -> bool:
        """Keep a finding; whether it is the first of its kind.

        Args:
            finding: of one look.
            by: the worker that looked.
            hold: whether nothing may be sent from now on.
        """
        if hold:
            # First: what is sent cannot be taken back.
            pipeline = self._client.pipeline(transaction=False)
            for key in self._held:
                pipeline.set(key, finding.kind.value)
            pipeline.execute()
        arguments = (finding.kind.value, finding.weight, finding.message, by)
        return bool(self._scripts.run(Call("restore_report", keys.RESTORE, arguments)))

    def restored(self) -> Restored:
        """All of it; nothing is changed."""
        pipeline = self._client.pipeline(transaction=False)
        for key in self._held:
            pipeline.exists(key)
        held = any(pipeline.execute())
        fields = self._client.hgetall(keys.RESTORE)
        return Restored(_found(fields), held=held)

    def accept(self, by: Actor | None = None) -> Restored:
        """Take everything for accepted and send again; what that was.

        Workers that were away meanwhile see by its moment that it is settled.
        """
        seconds, micros = self._client.time()
        before = number(self._client.hget(keys.MARKS, "accepted"))
        # Later than the last time, whatever has become of the clock.
        moment = max(seconds * 1000 + micros // 1000, before + 1)
        restored = self.restored()
        kinds = ", ".join(one.kind for one in restored.found)
        deed = Deed("ledger.restore_accepted", "ledger", before=kinds)
        if isinstance(self._client, ClusterClient):
            return self._accept_apart(moment, by, deed, restored)
        arguments: tuple[Argument, ...] = (keys.RESTORE, keys.MARKS, moment)
        call = Call("accept_restore", keys.prefix(0), (*arguments, *self._held))
        found, held = run(self._scripts, call, by, deed)
        fields = dict(zip(found[0::2], found[1::2], strict=True))
        return Restored(_found(fields), held=bool(held))

    def _accept_apart(
        self, moment: int, by: Actor | None, deed: Deed, restored: Restored
    ) -> Restored:
        """The same on a Cluster, a key at a time: whoever is ended in it begins anew.

        The audit chain's entry comes first, in the script that lets partition 0 go on.
        """
        first, *others = self._held
        nothing = (f"{first}:", "", moment)
        run(
            self._scripts,
            Call("accept_restore", keys.prefix(0), (*nothing, first)),
            by,
            deed,
        )
        pipeline = self._client.pipeline(transaction=False)
        for key in (*others, keys.RESTORE):
            pipeline.delete(key)
        pipeline.hset(keys.MARKS, "accepted", str(moment))
        pipeline.execute()
        return restored


def _found(fields: Mapping[bytes | str, bytes | str]) -> tuple[Found, ...]:
    known = {text(name): text(value) for name, value in fields.items()}
    kinds = {name.partition(":")[0] for name in known if name.endswith(":at")}
    found = [
        Found(
            kind,
            known.get(f"{kind}:message", ""),
            number(known[f"{kind}:at"]),
            known.get(f"{kind}:by", ""),
        )
        for kind in kinds
    ]
    return tuple(sorted(found, key=lambda one: (one.at_ms, one.kind)))


#: Every kind that a person has to accept, for who counts them.
KINDS = tuple(kind.value for kind in Kind if kind is not Kind.CLOCK_STEP)
