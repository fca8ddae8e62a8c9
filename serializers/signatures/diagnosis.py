"""Diagnosis of a wrong signature: the fewest slips that explain it."""

import base64
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from serializers.formats.secret_forms import bare, oddities
from serializers.signatures.request import Known, Reason
from serializers.signatures.sign import PREFIX

#: One way of doing one thing: the right way has no reason beside it.
Way = tuple[Reason | None, bytes]

#: Whether a header's text holds this signature, spelled in one of several ways.
Spelling = tuple[Reason | None, Callable[[bytes], bool]]


@dataclass(frozen=True, slots=True)
class Key:
    """A key by which a signature may have been made; `name` is fit to be shown."""

    name: str
    key: bytes = field(repr=False)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """How a signature was made: by which key, and with which slips."""

    key: Key
    reasons: tuple[Reason, ...]


def match(
    keys: Sequence[Key],
    messages: Sequence[tuple[tuple[Reason, ...], bytes]],
    spellings: Sequence[Spelling],
    algorithm: str,
) -> Match | None:
    """Find how it was made with the fewest slips; None when nothing fits."""
    ways = [
        (
            key.reasons + reasons + ((spelled,) if spelled else ()),
            key,
            message,
            holds,
        )
        for key, (reasons, message), (spelled, holds) in product(
            keys, messages, spellings
        )
    ]
    ways.sort(key=lambda way: len(way[0]))
    for reasons, key, message, holds in ways:
        if holds(hmac.digest(key.key, message, algorithm)):
            return Match(key, reasons)
    return None


def within(given: str) -> Callable[[bytes], bool]:
    """Whether a text holds a signature somehow: in hex, or base64 of any kind."""

    def holds(mac: bytes) -> bool:
        plain = base64.b64encode(mac).decode().rstrip("=")
        safe = base64.urlsafe_b64encode(mac).decode().rstrip("=")
        return plain in given or safe in given or mac.hex() in given.lower()

    return holds


def keys(known: Known, of: Callable[[str], bytes], form: str) -> list[Key]:
    """Every key worth trying, the accepted ones first.

    Args:
        known: whose secrets.
        of: the key of a secret, as this header's rule states; may raise ValueError.
        form: that rule in words.
    """
    found = list(_accepted(known, of))
    accepted = [key.key for key in found]
    for n, secret in enumerate(known.others, 1):
        name = f"other secret {n} of {len(known.others)}"
        sentence = f"made with {name}, which this receiver does not accept"
        found += _forms(name, secret, of, form, Reason("other_secret", sentence))
    for n, secret in enumerate(known.secrets, 1):
        name = f"secret {n} of {len(known.secrets)}"
        slips = _forms(name, secret, of, form, None)
        found += [key for key in slips if key.key not in accepted]
    return found


def _accepted(known: Known, of: Callable[[str], bytes]) -> Iterator[Key]:
    for n, secret in enumerate(known.secrets, 1):
        right = _right(secret, of)
        if right is not None:
            yield Key(f"secret {n} of {len(known.secrets)}", right)


def _forms(
    name: str, secret: str, of: Callable[[str], bytes], form: str, why: Reason | None
) -> Iterator[Key]:
    """One secret's key, and what it is often taken for."""
    before = (why,) if why else ()
    right = _right(secret, of)
    if right is not None:
        yield Key(name, right, before)
    slip = Reason("key_form", f"the key was taken from {name} otherwise: {form}")
    for other in (secret, secret.removeprefix(PREFIX)):
        yield Key(name, other.encode(errors="surrogatepass"), (*before, slip))
        yield from (Key(name, k, (*before, slip)) for k in _decoded(other))
    sentence = f"{name} has a blank or a line break at its end, on one of the two sides"
    blank = Reason("secret_blanks", sentence)
    for other in (secret.strip(), f"{secret}\n", f"{secret}\r\n", f"{secret} "):
        key = _right(other, of)
        if other != secret and key is not None:
            yield Key(name, key, (*before, blank))
    yield from _peeled(name, secret, of, before)


def _peeled(
    name: str, secret: str, of: Callable[[str], bytes], before: tuple[Reason, ...]
) -> Iterator[Key]:
    """The secret without what was copied along with it."""
    for padded in _repadded(secret):
        sentence = (
            f"{name} ends with other = on the other side, and here its text counts"
        )
        key = _right(padded, of)
        if key is not None:
            yield Key(name, key, (*before, Reason("secret_padding", sentence)))
    found = oddities(secret)
    key = _right(bare(secret), of)
    if found and key is not None:
        sentence = " and ".join(odd.text for odd in found)
        reason = Reason(
            "secret_form", f"{name} {sentence}; the other side has it without"
        )
        yield Key(name, key, (*before, reason))


def _repadded(secret: str) -> Iterator[str]:
    """The same key with its base64 written with and without padding."""
    text = secret.rstrip("=")
    if secret.startswith(PREFIX):
        whole = text + "=" * (-len(text.removeprefix(PREFIX)) % 4)
        yield from {text, whole} - {secret}


def _right(secret: str, of: Callable[[str], bytes]) -> bytes | None:
    try:
        return of(secret)
    except ValueError:
        return None


def _decoded(text: str) -> Iterator[bytes]:
    try:
        yield base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return
