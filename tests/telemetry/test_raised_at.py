"""Where an error was raised, without its text."""

import pytest

from workers.telemetry.masking import raised_at

SECRET = "Zebedee-Quillfeather"


def _reads(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise KeyError(text) from error


def test_class_and_calls_are_named_and_no_text() -> None:
    with pytest.raises(KeyError) as caught:
        _reads(SECRET)

    logged = raised_at(caught.value)

    assert logged.startswith("telemetry/test_raised_at.py:")
    assert " _reads" in logged
    assert "; from ValueError at telemetry/test_raised_at.py:" in logged
    assert SECRET not in logged


def test_an_error_that_was_never_raised_has_no_calls() -> None:
    assert raised_at(ValueError(SECRET)) == ""
