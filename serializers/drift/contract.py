"""Contract of a partner's interface, as data: what is known of its answers."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Literal, TypeAlias

from serializers.formats.json_limits import JsonValue

#: Who is shown a document that a decoder has read, before it is judged.
Seen = Callable[[JsonValue], None]


def unseen(_document: JsonValue) -> None:
    """Nobody is shown it."""


#: What of a known value a sample shows: nothing, a code, or digits as a pattern.
Shown = Literal["nothing", "code", "pattern"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value that is no object and no list.

    Attributes:
        types: of Python, as JSON is read: str, int, float, bool, NoneType.
        shown: what of it a sample shows.
    """

    types: frozenset[type]
    shown: Shown = "nothing"


@dataclass(frozen=True, slots=True)
class Free:
    """Anything: nobody reads it, or the partner may name its parts as it likes."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list.

    Attributes:
        item: what stands in it.
        alone: whether one item may stand for a list of one.
    """

    item: "Node"
    alone: bool = False


@dataclass(frozen=True)
class Members:
    """An object.

    Attributes:
        known: its members by name in lower case, those that may be missing too.
        needs: names of which at least one is there, in each group.
    """

    known: Mapping[str, "Node"]
    needs: tuple[frozenset[str], ...] = ()
    names: frozenset[str] = field(init=False)
    required: frozenset[str] = field(init=False)
    types: frozenset[type] = field(init=False)

    def __post_init__(self) -> None:
        """Work out, once, what a plain object is compared with.

        An object of scalars that are all of these types, with the names that it needs
        and none besides, has nothing new: most objects, at the price of three sets.
        """
        # `object.__setattr__`, since the value is frozen from then on.
        put = object.__setattr__
        put(self, "names", frozenset(self.known))
        single = all(len(group) == 1 for group in self.needs)
        required = frozenset().union(*self.needs) if single else frozenset[str]()
        put(self, "required", required)
        nodes = self.known.values()
        flat = single and all(isinstance(node, Scalar) for node in nodes)
        common = [node.types for node in nodes if isinstance(node, Scalar)]
        types = frozenset.intersection(*common) if flat and common else frozenset()
        put(self, "types", types)

    def is_plain(self, value: object) -> bool:
        """Whether a value is an object of which nothing is new; False is no answer."""
        return (
            bool(self.types)
            and type(value) is dict
            and self.required <= value.keys() <= self.names
            and self.types.issuperset(map(type, value.values()))
        )


Node: TypeAlias = Scalar | Free | Many | Members

NULL: Final = type(None)
FREE: Final = Free()
TEXT: Final = Scalar(frozenset({str}))
CODE: Final = Scalar(frozenset({str}), "code")
#: A date or a number that is written as a text.
WRITTEN: Final = Scalar(frozenset({str}), "pattern")
MAYBE_TEXT: Final = Scalar(frozenset({str, NULL}))
#: A number, in JSON or as a text.
NUMBER: Final = Scalar(frozenset({str, int, float}), "pattern")
ANY_CODE: Final = Scalar(frozenset({str, int, float}), "code")


def needs(*names: str) -> tuple[frozenset[str], ...]:
    """Groups of one: each of these members is always there."""
    return tuple(frozenset({name}) for name in names)


#: Every status that HTTP has, but for redirects.
REGISTERED: Final = frozenset(
    int(one)
    for one in HTTPStatus
    if not HTTPStatus.MULTIPLE_CHOICES <= one < HTTPStatus.BAD_REQUEST
)
#: Waiting is asked for by this header everywhere.
RETRY_AFTER: Final = "retry-after"

JSON_TYPES: Final = frozenset({"application/json", "text/json"})
XML_TYPES: Final = frozenset({"application/xml", "text/xml"})


@dataclass(frozen=True, slots=True)
class Contract:
    """One interface of a partner.

    Attributes:
        partner: by its name in the settings.
        interface: its name for people.
        reply: the document of a 2xx.
        refusal: the document of any other status, where it is JSON.
        statuses: that it may answer.
        media: content types of a 2xx, in lower case; empty: any.
        limits: headers of rate limits that are read or documented, in lower case.
        blank: whether a 2xx may have no document.
        markup: whether a document may be XML.
    """

    partner: str
    interface: str
    reply: Node = FREE
    refusal: Node = FREE
    statuses: AbstractSet[int] = REGISTERED
    media: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset({RETRY_AFTER})
    blank: bool = False
    markup: bool = False
