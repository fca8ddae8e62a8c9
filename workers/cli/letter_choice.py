"""Which dead letters a person means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.ledger import keys
from workers.ledger.dead_letters import DeadLetter, DeadLetters

PREFIXES = (keys.DELIVERY_PREFIX, keys.ORDER_PREFIX, keys.EVENT_PREFIX)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listed letter must be; an empty one admits all."""

    kind: str = ""
    order: str = ""
    destination: str = ""
    fingerprint: str = ""

    def admit(self, letter: DeadLetter) -> bool:
        wanted = (
            (self.kind, letter.kind),
            (self.order, letter.order),
            (self.destination, letter.destination),
            (self.fingerprint, letter.fingerprint),
        )
        return all(want in ("", have) for want, have in wanted)


def chosen(letters: Iterable[DeadLetter], filters: Filters) -> Iterator[DeadLetter]:
    return (letter for letter in letters if filters.admit(letter))


def matches(letters: DeadLetters, given: str) -> list[str]:
    """Ids of dead letters that a person may mean by `given`, with or without prefix.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    # An order's number may look like an id, so the whole text comes first.
    if letters.has(given):
        return [given]
    ids = (prefix + given for prefix in PREFIXES)
    return [id_ for id_ in ids if letters.has(id_)]
