"""DECK's XML as .NET's DataContractSerializer reads and writes it.

Members come in ordinal order; one in the wrong place is silently ignored, which
leaves it null. Another root or namespace is no model at all.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

_MODEL = "http://schemas.datacontract.org/2004/07/DECK.WebApi.Controllers.OMS"
_RESPONSE = "http://schemas.datacontract.org/2004/07/DECK.Core.Common.Contracts.API"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_ROOT = f"{{{_MODEL}}}OrderAssociationImportJson"
_MEMBERS = (
    "APIUsername",
    "CustomerID",
    "OrderNumber",
    "SiteCode",
    "TimestampUTC",
    "VerificationKey",
)


def read_link(body: bytes) -> dict[str, str | None] | None:
    """Read a link request; None where .NET would find no model.

    Returns:
        Every member; those that are absent, nil or out of place are None.
    """
    root = _parsed(body)
    if root is None or root.tag != _ROOT:
        return None
    model: dict[str, str | None] = dict.fromkeys(_MEMBERS)
    expected = 0
    for element in root.iterchildren(tag=etree.Element):
        name = etree.QName(element)
        place = _place(name.namespace, name.localname)
        if place is None or place < expected:
            continue
        if len(element):
            # .NET wants a text, and finds no model where it meets elements.
            return None
        model[_MEMBERS[place]] = _text(element)
        expected = place + 1
    return model


def write_response(correlation_id: str, message: str, code_name: str) -> bytes:
    """Write a GenericResponse; its code goes by name in XML."""
    space: Any = {"i": _INSTANCE, None: _RESPONSE}  # the stubs forget None
    root = etree.Element(f"{{{_RESPONSE}}}GenericResponse", nsmap=space)
    values = (
        ("CorrelationId", correlation_id),
        ("Message", message),
        ("ResponseCode", code_name),
    )
    for name, value in values:
        etree.SubElement(root, f"{{{_RESPONSE}}}{name}").text = value
    return etree.tostring(root)


def write_error(document: Mapping[str, object]) -> bytes:
    """Write the framework's error; nested errors become nested elements."""
    return etree.tostring(_error("Error", document))


def _error(name: str, value: object) -> etree._Element:
    element = etree.Element(name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            element.append(_error(str(key), inner))
    else:
        texts = value if isinstance(value, list) else [value]
        element.text = " ".join(map(str, texts))
    return element


def _parsed(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        # .NET reads the text on both sides of a comment as one.
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    # .NET's reader prohibits document types.
    document: Any = root.getroottree().docinfo  # the stubs know no doctype
    return None if document.doctype else root


def _place(namespace: str | None, name: str) -> int | None:
    if namespace != _MODEL or name not in _MEMBERS:
        return None
    return _MEMBERS.index(name)


def _text(element: etree._Element) -> str | None:
    if element.get(f"{{{_INSTANCE}}}nil") in {"true", "1"}:
        return None
    return element.text or ""
