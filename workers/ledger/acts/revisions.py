"""Acts on dead letters: each is sent corrected, under another id."""

from dataclasses import dataclass

from serializers.events import entry_fields
from serializers.events.entry import names_of
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.layout.places import Places
from workers.ledger.retention import Retention
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import text


@dataclass(frozen=True, slots=True)
class Revision:
    """An event in a dead letter's place.

    Attributes:
        letter: the dead letter's id.
        id: of the event.
        body: the event as JSON.
    """

    letter: str
    id: str
    body: bytes


class Revisions:
    """Sends corrected deliveries; every method raises redis.RedisError."""

    def __init__(self, scripts: Scripts, retention: Retention, places: Places) -> None:
        self._scripts = scripts
        self._retention = retention
        self._places = places

    def revise(
        self, letter: str, order: str, id_: str, payload: bytes, by: Actor
    ) -> str:
        """Send it anew: a word of `revise.lua`.

        Args:
            letter: the dead letter's id.
            order: whose delivery it is.
            id_: of the new delivery.
            payload: of that.
            by: who acts.
        """
        retention = self._retention
        times = (retention.delivery_retention, retention.timeline)
        root = self._places.root_of(order)
        call = Call("revise", root, (letter, id_, payload, *times))
        facts = {"revision": keys.delivery_ref(id_), "order": order}
        deed = Deed("delivery.revised", letter, "revised", letter, facts=facts)
        return text(by.run_act(self._scripts, call, deed))


def correct(
    scripts: Scripts, stream: str, root: str, revision: Revision, by: Actor
) -> str:
    """Publish it, and note that on the dead letter: a word of `publish.lua`.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    note = (entry_fields.REVISION_OF, revision.letter.encode())
    fields = (*entry_fields.of_event(revision.body), note)
    parts = [part for field in fields for part in field]
    arguments: tuple[Argument, ...] = (stream, revision.letter, revision.id, *parts)
    order = names_of(revision.body)[2]
    facts = {"revision": revision.id, "order": order}
    letter = revision.letter
    deed = Deed("event.corrected", letter, "!gone known", letter, facts=facts)
    return text(by.run_act(scripts, Call("publish", root, arguments), deed))
