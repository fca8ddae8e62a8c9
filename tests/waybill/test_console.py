"""Tables keep whole what is copied, and no control character passes."""

import io

import pytest

from waybill.console import plain, print_table

ID = "delivery:7H2KABCDEFGHJKMNPQRSTVWXYZ.acme-" + "x" * 60


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def printed(monkeypatch: pytest.MonkeyPatch, stdout: io.StringIO) -> list[str]:
    """The lines of a table with an id that is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout", stdout)
    print_table(("id", "reason"), [(ID, "too many words " * 4)], (), ("reason",))
    return stdout.getvalue().splitlines()


def test_on_a_narrow_terminal_an_id_stays_whole_and_prose_is_wrapped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = printed(monkeypatch, Screen())

    assert len([line for line in lines if ID in line]) == 1
    assert len([line for line in lines if "words" in line]) > 1


def test_in_a_pipe_a_row_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, io.StringIO())

    assert [line.count("words") for line in lines if ID in line] == [4]


def test_control_characters_are_reported_by_their_number() -> None:
    assert plain("a\x1b[1m\nb\u202ec é") == "a\\x1b[1m\\x0ab\\x202ec é"
