"""`waybill serve user`: makes the entry that lets somebody in."""

import json

import pytest

from tests.waybill.terminal import Terminal
from waybill.pages.access import passwords
from workers.settings.door import ConsoleUser
from workers.settings.settings import Settings

WAYBILL = Terminal({})


def entry_of(printed: str) -> str:
    name, _, entry = printed.strip().partition("=")
    assert name == "WAYBILL_HTTP__USERS"
    return entry.strip("'")


def test_an_entry_that_is_made_lets_its_user_in() -> None:
    made = WAYBILL(
        "serve", "user", "olga", "--role", "operator", stdin=b"ten letters\n"
    )

    entry = entry_of(made.stdout)
    settings = Settings.load_redis({"WAYBILL_HTTP__USERS": entry})
    user = settings.http.users["olga"]
    assert user.role == "operator"
    assert passwords.is_right(user, "ten letters")
    assert not passwords.is_right(user, "ten letter")
    assert "ten letters" not in made.output
    assert user.argon2 not in repr(settings)


def test_who_comes_by_a_proxy_has_no_password() -> None:
    made = WAYBILL("serve", "user", "paula@example.com", "--no-password")

    found = json.loads(entry_of(made.stdout))
    assert found == {"paula@example.com": {"role": "viewer"}}
    user = ConsoleUser.model_validate(found["paula@example.com"])
    assert not passwords.is_right(user, "")


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("olga", b"short\n", "at least 10"),
        ("olga", b"", "at least 10"),
        ("ol ga", b"ten letters\n", "must be letters"),
        ("-\x1b", b"ten letters\n", "must be letters"),
    ],
)
def test_what_would_let_nobody_in_is_refused(
    name: str, password: bytes, why: str
) -> None:
    made = WAYBILL("serve", "user", "--", name, stdin=password)

    assert made.exit_code == 2
    assert why in made.stderr
    assert "\x1b" not in made.stderr


@pytest.mark.parametrize(
    "entry",
    [
        '{"olga": {"argon2": "plain password", "role": "operator"}}',
        '{"olga": {"role": "root"}}',
        '{"ol ga": {"role": "viewer"}}',
    ],
)
def test_an_entry_that_is_none_is_a_mistake_of_the_settings(entry: str) -> None:
    result = WAYBILL("serve", WAYBILL_HTTP__USERS=entry)

    assert result.exit_code == 2
    assert "WAYBILL_HTTP__USERS" in result.stderr
    assert "plain password" not in result.stderr
