"""Selection of dead letters from a command's arguments and options."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from serializers.order_record import order_name
from workers.ledger import keys
from workers.ledger.dead_letters import DeadLetter, DeadLetters
from workers.partners import registry

PREFIXES = (
    keys.DELIVERY_PREFIX,
    *(keys.watch_ref(spec.name, "") for spec in registry.PARTNERS),
    keys.EVENT_PREFIX,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listed letter must be; an empty one admits all.

    Attributes:
        order: the order's name, or its number.
        by_source: whether a name is a number with its source, see `order_name`.
    """

    kind: str = ""
    order: str = ""
    destination: str = ""
    fingerprint: str = ""
    by_source: bool = False

    def admit(self, letter: DeadLetter) -> bool:
        wanted = (
            (self.kind, letter.kind),
            (self.destination, letter.destination),
            (self.fingerprint, letter.fingerprint),
        )
        alike = all(want in ("", have) for want, have in wanted)
        return alike and self._is_of(letter.order or "")

    def _is_of(self, name: str) -> bool:
        if self.order in {"", name}:
            return True
        number, mark, _ = name.partition("@")
        return self.by_source and f"{number}{mark}" == order_name(self.order, " ")[:-1]


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
    # Older releases called a watch by its order alone.
    bare = given.removeprefix(keys.ORDER_PREFIX)
    ids = (prefix + bare for prefix in PREFIXES)
    return [id_ for id_ in ids if letters.has(id_)]
