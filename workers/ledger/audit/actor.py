"""Actor: who acts on the ledger, why, and through which door."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from serializers.audit.entry import UNSIGNED, signature, statement
from workers.ledger import keys
from workers.ledger.audit import keys as audit_keys
from workers.ledger.scripts import AUDITED, Call, Scripts
from workers.redis.answers import text
from workers.redis.cluster.client import ClusterClient

#: For so long the last answer of a request is kept: a client has given up by then.
KEPT_MS: Final = 600_000
_MOVED: Final = [b"audit_moved"]
_GENESIS: Final = "0" * 40


@dataclass(frozen=True, slots=True)
class Deed:
    """One act on one partition, as its entry has it.

    Attributes:
        what: as `dead_letter.replayed`.
        target: what it is done to, for people.
        done: answers of the script with which something has changed, blanks between;
            `*` for any, `!` before those with which nothing has.
        ref: of the item whose state before and after is noted, "" for none.
        before: what the target was, where that is no item.
        after: what it is since.
        facts: what else belongs to the act.
    """

    what: str
    target: str
    done: str = "*"
    ref: str = ""
    before: str = ""
    after: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts.

    Attributes:
        who: a login, or the name that was given in its place.
        why: the reason that was given.
        door: the way by which the act came: `command`, `console`, `worker`.
        run: names all that one request does.
        key: signs, none without one.
        facts: what belongs to every act of the request: its filters, how many.
    """

    who: str
    why: str = ""
    door: str = "command"
    run: str = ""
    key: bytes = field(default=b"", repr=False)
    facts: Mapping[str, object] = field(default_factory=dict)

    def with_facts(self, **facts: object) -> "Actor":
        """The same for a request that has more to state."""
        return replace(self, facts={**self.facts, **facts})

    def run_act(self, scripts: Scripts, call: Call, deed: Deed) -> Any:
        """Run a script of a partition with its entry; answers as the script does.

        With a key the entry is signed for its place; where another comes first, it is
        signed anew for the next. A script that the client sends again, since its answer
        was lost, is answered as the first time.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        said = {
            **self.facts,
            **deed.facts,
            "what": deed.what,
            "target": deed.target,
            "who": self.who,
            "why": self.why,
            "door": self.door,
            "run": self.run,
        }
        stated = statement(said)
        kept = (self.run, secrets.token_hex(4), KEPT_MS)
        rest = (deed.done, deed.ref, deed.before, deed.after, *kept, *call.arguments)
        while True:
            link, signed = "", UNSIGNED
            if self.key:
                link = _last_link(scripts, call.key)
                signed = signature(self.key, link, stated)
            arguments = (link, stated, signed, *rest)
            answer = scripts.run(Call(AUDITED + call.script, call.key, arguments))
            if answer != _MOVED:
                return answer


def _last_link(scripts: Scripts, root: str) -> str:
    head = text(scripts.client.get(keys.audit_head(root)))
    return head.partition(" ")[2] or _GENESIS


def run_beside(scripts: Scripts, call: Call, by: Actor | None, deed: Deed) -> Any:
    """As `run`, of an act on a key beside the partitions, which is `call.key`.

    On a Cluster the key is in another slot than any partition: the entry is in a chain
    of that key's, so that both are one script there as well.
    """
    if by is None:
        return scripts.run(call)
    if not isinstance(scripts.client, ClusterClient):
        return by.run_act(scripts, replace(call, key=keys.prefix(0)), deed)
    return run_in_own_chain(scripts, call, by, deed)


def run_in_own_chain(scripts: Scripts, call: Call, by: Actor, deed: Deed) -> Any:
    """Run a script with an entry in the chain of `call.key`."""
    # First, so that no chain has entries of which nobody knows.
    scripts.client.sadd(audit_keys.CHAINS, call.key)
    return by.run_act(scripts, replace(call, key=audit_keys.root_of(call.key)), deed)


def run(scripts: Scripts, call: Call, by: Actor | None, deed: Deed) -> Any:
    """Run a script, with an entry where somebody acts; raises redis.RedisError."""
    return scripts.run(call) if by is None else by.run_act(scripts, call, deed)
