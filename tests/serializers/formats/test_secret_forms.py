"""What is copied along with a secret is named, and the secret is not."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from serializers.formats.secret_forms import bare, oddities
from serializers.signatures.sign import webhook_key

SECRET = "whsec_YWNtZS1zZWNyZXQtYWNtZS1zZWNyZXQ="


@pytest.mark.parametrize(
    ("copied", "finding"),
    [
        (f'"{SECRET}"', "quotation marks"),
        (f"'{SECRET}'", "quotation marks"),
        (f"`{SECRET}`", "quotation marks"),
        (f"v1,{SECRET}", "begins with v1"),
        (f"\ufeff{SECRET}", "byte-order mark"),
        (f"{SECRET}\n", "line break"),
        (f"{SECRET}\r", "line break"),
        (f"{SECRET}\r\n", "line break"),
        (f"{SECRET}\\n", "line break"),
        (f" {SECRET}", "blank"),
        (f"{SECRET}\t", "blank"),
    ],
)
def test_one_thing_too_many_is_named(copied: str, finding: str) -> None:
    (odd, *_) = oddities(copied)

    assert finding in odd.text
    assert bare(copied) == SECRET


def test_all_that_is_too_many_is_named_from_without_to_within() -> None:
    found = [odd.text for odd in oddities(f'\ufeff"v1,{SECRET}"\r\n')]

    ends = ["mark", "break", "it", "signature"]
    assert [text.split()[-1] for text in found] == ends
    assert bare(f'\ufeff"v1,{SECRET}"\r\n') == SECRET


@given(st.text())
def test_a_secret_is_never_in_the_words(text: str) -> None:
    for odd in oddities(f'"C4N4RY{text}"'):
        assert "C4N4RY" not in f"{odd.text} {odd.now}"
    assert oddities(bare(text)) == ()


@pytest.mark.parametrize("text", [SECRET, "a", "", '"', "it's", 'say "yes"', "v1,x"])
def test_what_may_be_meant_is_not_odd(text: str) -> None:
    assert oddities(text) == ()


@given(st.binary(min_size=1))
def test_a_key_is_the_same_with_and_without_its_padding(key: bytes) -> None:

    padded = "whsec_" + b64encode(key).decode()

    assert webhook_key(padded) == webhook_key(padded.rstrip("=")) == key


@given(st.binary(min_size=1))
def test_the_public_library_takes_the_same_key(key: bytes) -> None:

    unpadded = "whsec_" + b64encode(key).decode().rstrip("=")

    assert Webhook(unpadded)._whsecret == webhook_key(unpadded)


@pytest.mark.parametrize("text", ["", "A", "AA-_", "AA==AA==", "not base64", "ключ"])
def test_what_is_no_base64_is_refused_without_being_reported(text: str) -> None:
    with pytest.raises(ValueError, match="must be base64") as caught:
        webhook_key(f"whsec_{text}")

    assert not text or text not in str(caught.value)
