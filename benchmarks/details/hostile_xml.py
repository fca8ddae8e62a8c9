"""XML that a partner, or somebody in its place, could send to do harm."""

from collections.abc import Mapping

MIB = 1_048_576


def hostile_documents(outside: str = "file:///etc/hostname") -> Mapping[str, bytes]:
    """Every document by what it tries; all of them must be refused.

    Args:
        outside: what those that look around point at: a URL.
    """
    return {
        **_growing(),
        **_looking(outside),
        **_large(),
        **_encoded(),
        "no end": b"<a>",
        "NUL": b"<a>\0</a>",
        "bad UTF-8": b"<a>\xff\xfe\xc3</a>",
    }


def _growing() -> dict[str, bytes]:
    """Few bytes that would become many."""
    laughs = ['<!ENTITY l0 "ha">']
    laughs += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    billion = f"<!DOCTYPE a [{''.join(laughs)}]><a>&l9;</a>"
    quadratic = f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a>{"&x;" * 15_000}</a>'
    parameters = (
        '<!DOCTYPE a [<!ENTITY % p "&#x25;q;&#x25;q;"><!ENTITY % q "<!ENTITY r \'x\'>">'
        "%p;]><a>&r;</a>"
    )
    return {
        "billion laughs": billion.encode(),
        "quadratic growth": quadratic.encode(),
        "parameter entities": parameters.encode(),
        "an entity of its own": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    }


def _looking(outside: str) -> dict[str, bytes]:
    """What would open a file or a connection."""
    texts = {
        "external entity": (f'<!DOCTYPE a [<!ENTITY x SYSTEM "{outside}">]><a>&x;</a>'),
        "external parameter entity": (
            f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{outside}"> %x;]><a/>'
        ),
        "external DTD": f'<!DOCTYPE a SYSTEM "{outside}"><a/>',
        "public DTD": f'<!DOCTYPE a PUBLIC "-//W3C//DTD XHTML 1.0" "{outside}"><a/>',
        "entity over HTTP": (
            '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>'
        ),
        "DTD over HTTP": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        "attribute default": (
            f'<!DOCTYPE a [<!ATTLIST a b CDATA "&x;"><!ENTITY x SYSTEM "{outside}">]>'
            "<a/>"
        ),
        "XInclude without an end": (
            '<a xmlns:i="http://www.w3.org/2001/XInclude">'
            f'<i:include href="{outside}" parse="text"/>'
        ),
        "style sheet without an end": f'<?xml-stylesheet href="{outside}"?><a>',
    }
    return {name: text.encode() for name, text in texts.items()}


def _large() -> dict[str, bytes]:
    """What is deep, long or many."""
    return {
        "300 deep": b"<a>" * 300 + b"</a>" * 300,
        "5,000 deep": b"<a>" * 5_000 + b"</a>" * 5_000,
        "128 KiB of depth": b"<a>" * 43_000,
        "128 KiB of elements without an end": b"<a>" + b"<b/>" * 32_000,
        "128 KiB of attributes twice": (
            b"<a " + b" ".join(b'a%d=""' % n for n in range(11_000)) + b" a1=''/>"
        ),
        "128 KiB of namespaces without an end": (
            b"<a " + b" ".join(b'xmlns:a%d="u"' % n for n in range(7_000)) + b">"
        ),
        "128 KiB of comments without an end": b"<a>" + b"<!---->" * 18_000,
        "128 KiB of references without an end": b"<a>" + b"&#65;" * 26_000,
        "1 MiB of elements": b"<a>" + b"<b/>" * (MIB // 4 - 2) + b"</a>",
        "11 MiB of text": b"<a>" + b"x" * (11 * MIB) + b"</a>",
    }


def _encoded() -> dict[str, bytes]:
    """A DOCTYPE where a search for its letters would not find it."""
    text = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    declared = '<?xml version="1.0" encoding="{}"?>' + text
    return {
        "UTF-16 with a mark": text.encode("utf-16"),
        "UTF-16 without a mark": text.encode("utf-16-be"),
        "UTF-16 that claims UTF-8": declared.format("utf-8").encode("utf-16"),
        "UTF-8 with a mark": b"\xef\xbb\xbf" + text.encode(),
        "UTF-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
        "UTF-32": text.encode("utf-32"),
        "EBCDIC": declared.format("cp037").encode("cp037"),
    }
