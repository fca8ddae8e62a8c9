"""DECK's order link as XML for .NET's DataContractSerializer.

Root, namespaces and elements are those of DECK's help page. The serializer
wants elements in ordinal order of their names, and silently drops one that
comes late; so we write that order and refuse to read any other.
"""

from lxml import etree

from serializers.deck.order_link import (
    DOCUMENT,
    MEMBERS,
    OPTIONAL,
    OrderLink,
    link,
    members,
)
from serializers.errors import DecodeError, EncodeError
from serializers.formats import xml

NAMESPACE = "http://schemas.datacontract.org/2004/07/DECK.WebApi.Controllers.OMS"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
ROOT = f"{{{NAMESPACE}}}OrderAssociationImportJson"
NIL = f"{{{INSTANCE}}}nil"

_PREFIXES: dict[str | None, str] = {"i": INSTANCE, None: NAMESPACE}
_NAMES = sorted(name for name, _ in MEMBERS)


def encode(order_link: OrderLink) -> bytes:
    """Write UTF-8 without a declaration; equal links give equal bytes.

    Raises:
        EncodeError: a text with a character that XML has no place for.
    """
    root = etree.Element(
        ROOT,
        nsmap=_PREFIXES,  # type: ignore[arg-type]  # the stubs forget the None prefix
    )
    named = members(order_link)
    for name in _NAMES:
        element = etree.SubElement(root, f"{{{NAMESPACE}}}{name}")
        if name == OPTIONAL and name not in named:
            element.set(NIL, "true")
            continue
        _fill(element, name, named[name])
    return etree.tostring(root, encoding="utf-8", xml_declaration=False)


def decode(body: bytes) -> OrderLink:
    """Read the elements by namespace; nil counts as absent.

    Raises:
        DecodeError: not XML as `serializers.formats.xml` takes it, another root,
            an element missing, unknown or out of order.
    """
    root = xml.parse(body, document=DOCUMENT)
    if root.tag != ROOT:
        raise DecodeError(f"{DOCUMENT}: another root element or namespace")
    elements = list(root.iterchildren("*"))
    names = [str(element.tag).removeprefix(f"{{{NAMESPACE}}}") for element in elements]
    if not set(names) <= set(_NAMES):
        raise DecodeError(f"{DOCUMENT}: an element that DECK does not know")
    if names != sorted(set(names)):
        raise DecodeError(f"{DOCUMENT}: elements out of order or given twice")
    pairs = zip(names, elements, strict=True)
    given = ((name, element) for name, element in pairs if element.get(NIL) != "true")
    return link({name: xml.text_of(element) for name, element in given})


def _fill(element: etree._Element, name: str, text: str) -> None:
    try:
        element.text = text
    except ValueError as error:
        why = "holds a character that XML has no place for"
        raise EncodeError(DOCUMENT, name, why) from error
