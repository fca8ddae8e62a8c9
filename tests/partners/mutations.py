"""Mutations of what partners send: members and bytes changed as a release might."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = Any

#: What a value may become.
OTHERS: tuple[Json, ...] = (
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    "2026-13-45",
    [],
    {},
    [[]],
    [None],
    {"value": "x"},
    "\ud800",
    "0" * 600,
)

#: How the text is written; the second is no JSON's, the others are.
ENCODINGS = ("utf-8", "latin-1", "utf-8-sig", "utf-16")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: in this object or list, under this name or index."""

    holder: Json
    key: str | int

    @property
    def value(self) -> Json:
        return self.holder[self.key]

    def put(self, value: Json) -> None:
        self.holder[self.key] = value


def mutated(payload: Json, seed: int) -> tuple[str, bytes]:
    """What was done, and the bytes; the same for the same seed.

    Args:
        payload: a good one; it is left as it is.
        seed: of all that is drawn.
    """
    dice = random.Random(seed)
    changed, done = {"": copy.deepcopy(payload)}, []
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        name = dice.choice(tuple(CHANGES))
        places = list(_places(Place(changed, "")))
        CHANGES[name](dice.choice(places), dice)
        done.append(name)
    text = json.dumps(changed[""])
    how = dice.choice(ENCODINGS)
    body = text.encode(how, errors="replace")
    if dice.random() < 0.1:
        done.append("truncated")
        body = body[: dice.randrange(len(body) + 1)]
    return " ".join((*done, how)), body


def _places(place: Place) -> Iterator[Place]:
    yield place
    inner = place.value
    keys = inner if isinstance(inner, dict) else range(len(_list(inner)))
    for key in tuple(keys):
        yield from _places(Place(inner, key))


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _drop(place: Place, _dice: random.Random) -> None:
    if isinstance(place.holder, dict) and place.key != "":
        del place.holder[place.key]
    else:
        place.put(None)


def _rename(place: Place, dice: random.Random) -> None:
    if not isinstance(place.key, str) or place.key == "":
        return
    value = place.value
    del place.holder[place.key]
    near = (place.key.upper(), f"{place.key}Code", f"new_{place.key}", place.key[:-1])
    place.holder[dice.choice(near)] = value


def _retype(place: Place, dice: random.Random) -> None:
    value = place.value
    as_text = json.dumps(value) if isinstance(value, dict | list) else str(value)
    place.put(copy.deepcopy(dice.choice((as_text, *OTHERS))))


def _nest(place: Place, dice: random.Random) -> None:
    value = place.value
    deep: Json = value
    for _ in range(dice.choice((1, 1, 2, 9))):
        deep = {"d": deep} if dice.random() < 0.5 else [deep]
    place.put(deep)


def _add(place: Place, dice: random.Random) -> None:
    value = place.value
    if isinstance(value, dict):
        value[f"added{dice.randrange(99)}"] = copy.deepcopy(dice.choice(OTHERS))
    elif isinstance(value, list):
        value.append(copy.deepcopy(dice.choice((*OTHERS, *value))))


#: By what is done to one place.
CHANGES: dict[str, Callable[[Place, random.Random], None]] = {
    "dropped": _drop,
    "renamed": _rename,
    "retyped": _retype,
    "nested": _nest,
    "added": _add,
}
