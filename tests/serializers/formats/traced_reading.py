"""Reads hostile XML between two marks in a trace: run under strace, with a URL.

The file behind the URL is read once before the first mark by a parser that is not
hardened, so that the trace proves what it would have shown.
"""

import sys
from pathlib import Path

from lxml import etree

from benchmarks.details.hostile_xml import hostile_documents
from serializers.deck.formats import FORMATS
from serializers.deck.reply import decode_reply
from serializers.errors import DecodeError
from serializers.formats import xml

BEGIN, END = "/marks/begin", "/marks/end"
PLAIN = b"<R><ResponseCode>7</ResponseCode></R>"


def main(outside: str) -> None:
    """Leave the marks; ends with an error if a document is not refused."""
    _careless(outside)
    # What is loaded at the first use is no look around.
    decode_reply(PLAIN)
    _refused(b"<a")
    documents = hostile_documents(outside)
    Path(BEGIN).exists()
    for body in documents.values():
        _refused(body)
    Path(END).exists()


def _careless(outside: str) -> None:
    text = f'<!DOCTYPE a SYSTEM "{outside}"><a/>'
    etree.fromstring(text, etree.XMLParser(load_dtd=True))


def _refused(body: bytes) -> None:
    hardened = (
        lambda: xml.parse(body, document="note"),
        lambda: FORMATS["xml"].decode(body),
        lambda: decode_reply(body),
    )
    for read in hardened:
        try:
            read()
        except DecodeError:
            continue
        raise SystemExit(f"not refused: {body[:60]!r}")


if __name__ == "__main__":
    main(sys.argv[1])
