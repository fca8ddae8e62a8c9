"""How far the story is, as numbers for the eye."""

from dataclasses import dataclass

from waybill.demo.expectation import Expectation
from waybill.demo.witness import Seen


@dataclass(frozen=True, slots=True)
class EndpointLook:
    """One receiver: the transitions it was told of those it must be told.

    Attributes:
        refused: notifications that it did not take.
    """

    name: str
    told: int
    expected: int
    refused: int


@dataclass(frozen=True, slots=True)
class Look:
    """The story at one moment.

    Attributes:
        looks: orders asked about, over all calls.
        linked: orders that have a customer at DECK.
        links: links made, by their format.
    """

    seconds: float
    published: int
    tellings: int
    calls: int
    looks: int
    linked: int
    links: dict[str, int]
    links_expected: int
    endpoints: tuple[EndpointLook, ...]
    dead_letters: int


def look(
    seconds: float,
    published: int,
    tellings: int,
    expected: Expectation,
    seen: Seen,
    dead_letters: int,
) -> Look:
    """Count what was seen so far."""
    formats = [link.format for link in seen.links]
    return Look(
        seconds=seconds,
        published=published,
        tellings=tellings,
        calls=len(seen.polls),
        looks=sum(map(len, seen.polls)),
        linked=len({link.order for link in seen.links}),
        links={form: formats.count(form) for form in sorted({*formats, "json", "xml"})},
        links_expected=len(expected.customers),
        endpoints=endpoints(expected, seen),
        dead_letters=dead_letters,
    )


def endpoints(expected: Expectation, seen: Seen) -> tuple[EndpointLook, ...]:
    """Each receiver's part, by name."""
    told = {told for arrival in seen.accepted() for told in arrival.told}
    return tuple(
        EndpointLook(
            name=name,
            told=sum(one.endpoint == name for one in told & expected.told),
            expected=sum(one.endpoint == name for one in expected.told),
            refused=sum(a.endpoint == name and not a.accepted for a in seen.arrivals),
        )
        for name in sorted({one.endpoint for one in expected.told})
    )
