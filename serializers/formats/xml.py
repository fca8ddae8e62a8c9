"""Hardened XML parser: no entities, no external access, bounded size."""

import codecs
import re

from lxml import etree

from serializers.errors import DecodeError

# Not "attribute_defaults=None" or "resolve_entities='internal'": the latter is
# lxml's default, and older lxml read local files with it. Never recover=True: it
# makes trees out of bombs. huge_tree=False keeps libxml2's limits on depth, text
# length and amplification.
_DOCTYPE = re.compile("<!doctype", re.IGNORECASE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")


#: The most bytes of a document: a hundred times what partners send. 1 MiB of empty
#: elements would cost 35 MiB and 140 ms before it could be refused.
MAX_BYTES = 131_072


def parse(body: bytes, *, document: str, max_bytes: int = MAX_BYTES) -> etree._Element:
    """Read one XML document in UTF-8, or in UTF-16 with a byte order mark.

    The text is decoded here and handed on as UTF-8, whatever its declaration
    means: what was searched for a DOCTYPE is then what is parsed.

    Args:
        body: the bytes as they came.
        document: what they are, for the message.
        max_bytes: the most bytes that are looked at.

    Raises:
        DecodeError: too large, empty, any DOCTYPE, another encoding, not
            well-formed, past libxml2's limits. Nothing else.
    """
    if len(body) > max_bytes:
        raise DecodeError(f"{document}: {len(body)} bytes, at most {max_bytes} allowed")
    text = _text(body, document)
    if _DOCTYPE.search(text):
        raise DecodeError(f"{document}: holds a DOCTYPE, which is never read")
    try:
        root = etree.fromstring(text.encode(), _parser())
    except (etree.LxmlError, ValueError) as error:
        where = f" at line {error.lineno}" if isinstance(error, SyntaxError) else ""
        # From None: the cause quotes the document.
        raise DecodeError(f"{document}: not well-formed XML{where}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DecodeError(f"{document}: holds a DOCTYPE, which is never read")
    return root


def text_of(element: etree._Element) -> str:
    """Give the whole text of an element; "" when it holds elements."""
    return "" if len(element) else element.text or ""


def _parser() -> etree.XMLParser:
    # A new one for each document: parsers keep state and are not thread-safe. With
    # comments kept, the text would end at the first: "0<!-- -->7" would be a 0.
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _text(body: bytes, document: str) -> str:
    encoding = "utf-16" if body.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = body.decode(encoding).strip()
    except UnicodeDecodeError:
        raise DecodeError(f"{document}: neither UTF-8 nor UTF-16") from None
    if not text:
        raise DecodeError(f"{document}: empty")
    return text
