"""XML as .NET's DataContractSerializer reads it: what is in the wrong place is lost."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.partners.deck.xml import read_link

SPACE = "http://schemas.datacontract.org/2004/07/DECK.WebApi.Controllers.OMS"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
#: As the contract lists them: in the ordinal order of their names.
NAMES = (
    "APIUsername",
    "CustomerID",
    "OrderNumber",
    "SiteCode",
    "TimestampUTC",
    "VerificationKey",
)


def document(elements: str) -> bytes:
    root = "OrderAssociationImportJson"
    named = f'<{root} xmlns:i="{INSTANCE}" xmlns="{SPACE}" xmlns:o="urn:other">'
    return f"{named}{elements}</{root}>".encode()


def element(name: str) -> str:
    return f"<{name}>{name.lower()}</{name}>"


def read(elements: str) -> dict[str, str]:
    """The members that arrived."""
    model = read_link(document(elements))
    assert model is not None
    assert tuple(model) == NAMES
    return {name: text for name, text in model.items() if text is not None}


def kept(order: tuple[str, ...]) -> list[str]:
    """The rule in its own words: whoever comes after a later name is lost."""
    found: list[str] = []
    for name in order:
        if not found or name > found[-1]:
            found.append(name)
    return found


def test_every_order_of_the_elements_loses_just_those_that_come_late() -> None:
    for order in permutations(NAMES):
        arrived = read("".join(map(element, order)))

        assert arrived == {name: name.lower() for name in kept(order)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("space", ["urn:other", "", SPACE.lower()])
def test_an_element_in_another_namespace_is_lost_alone(name: str, space: str) -> None:
    elements = "".join(map(element, NAMES))
    other = element(name).replace(f"<{name}>", f'<{name} xmlns="{space}">')

    arrived = read(elements.replace(element(name), other))

    assert sorted(arrived) == [one for one in NAMES if one != name]


@pytest.mark.parametrize(
    ("elements", "arrived"),
    [
        ("<CustomerID/>", {"CustomerID": ""}),
        ('<CustomerID i:nil="true"/>', {}),
        ('<CustomerID i:nil="1">C</CustomerID>', {}),
        ('<CustomerID i:nil="false">C</CustomerID>', {"CustomerID": "C"}),
        ("<customerid>C</customerid>", {}),
        ("<CustomerID>1</CustomerID><CustomerID>2</CustomerID>", {"CustomerID": "1"}),
        ("<Aa>x<b/></Aa><CustomerID>C</CustomerID>", {"CustomerID": "C"}),
        ("<CustomerID>C<!-- -->-7</CustomerID>", {"CustomerID": "C-7"}),
        ("<CustomerID><![CDATA[<C>]]></CustomerID>", {"CustomerID": "<C>"}),
    ],
)
def test_absent_nil_and_twofold_members_are_as_dotnet_has_them(
    elements: str, arrived: dict[str, str]
) -> None:
    assert read(elements) == arrived


def test_elements_inside_a_text_leave_no_model() -> None:
    assert read_link(document("<CustomerID>C<b/></CustomerID>")) is None


@given(st.lists(st.sampled_from(NAMES), max_size=12))
def test_repeated_elements_obey_the_same_rule(names: list[str]) -> None:
    arrived = read("".join(map(element, names)))

    assert list(arrived) == kept(tuple(names))
