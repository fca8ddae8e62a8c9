"""Excerpts of a partner's text, fit for a message."""

from workers.http.excerpt import excerpt, masked


def test_secrets_are_masked_the_longer_ones_first() -> None:
    assert masked("a secret-longer, a secret", ("secret", "secret-longer")) == (
        "a ***, a ***"
    )


def test_a_text_too_short_to_be_a_secret_is_left_alone() -> None:
    assert masked("no, not one", ("", "no")) == "no, not one"


def test_an_excerpt_is_short_one_line_and_printable() -> None:
    text = excerpt(b"one\r\n  two\x1b[31m\0\xff" + b"x" * 1_000, ())

    assert len(text) <= 200
    assert text.isprintable()
    assert text.startswith("one two")


def test_a_secret_is_masked_before_the_text_is_cut() -> None:
    text = excerpt(b"x" * 190 + b"secret-canary", ("secret-canary",))

    assert text == "x" * 190 + "***"
