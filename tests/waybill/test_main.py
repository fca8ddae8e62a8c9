"""The command as a whole: quick to list, true to its page, plain about trouble."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal
from tools.docs.commands_page import main as write_page
from tools.docs.commands_page import page
from waybill.main import COMMANDS, main

ROOT = Path(__file__).parents[2]
WAYBILL = str(Path(sys.executable).parent / "waybill")
HEAVY = ("celery", "lxml", "sandbox", "redis", "pydantic", "rich")
#: What calls partners, runs in workers or serves: who looks at the ledger needs none.
UNASKED = (
    "celery",
    "fastapi",
    "jinja2",
    "kombu",
    "lxml",
    "opentelemetry.exporter",
    "opentelemetry.sdk.trace",
    "prometheus_client",
    "requests",
    "sandbox",
    "urllib3",
    "uvicorn",
    "workers.partners.observer",
)


def run(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [WAYBILL, *args], capture_output=True, text=True, env=environ, check=False
    )


def test_listing_the_commands_imports_none_of_them() -> None:
    program = (
        "import sys\nfrom waybill.main import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert "dead-letters" in done.stdout
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("find", "SO-1"),
        ("explain", "SO-1"),
        ("orders", "list"),
        ("dead-letters", "list"),
    ],
    ids=" ".join,
)
def test_what_is_asked_at_night_imports_nothing_that_calls_partners(
    command: tuple[str, ...], redis_server: RedisServer
) -> None:
    program = (
        "import atexit, sys\nfrom waybill.main import main\n"
        f"loaded = lambda: [name for name in {UNASKED} if name in sys.modules]\n"
        "atexit.register(lambda: print(loaded(), file=sys.stderr))\n"
        f"main({list(command)})"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={"WAYBILL_REDIS_URL": redis_server.url},
        check=False,
    )

    assert done.stderr.splitlines()[-1] == "[]"


def test_the_installed_command_knows_its_version() -> None:
    done = run("--version")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("waybill ")


@pytest.mark.parametrize(
    ("command", "package", "extra"),
    [
        ("sandbox", "httptools", "sandbox"),
        ("serve", "fastapi", "web"),
        ("serve", "uvicorn", "web"),
    ],
)
def test_a_command_whose_packages_are_missing_names_the_extra_that_brings_them(
    command: str, package: str, extra: str
) -> None:
    program = (
        f"import sys\nsys.modules[{package!r}] = None\n"
        f"from waybill.main import main\nmain([{command!r}, '--help'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert f"install waybill[{extra}]" in done.stderr


def test_incomplete_settings_are_reported_by_the_installed_command() -> None:
    done = run("status", WAYBILL_WESTCON__CLIENT_ID="me")

    assert (done.returncode, done.stdout) == (2, "")
    assert "WAYBILL_WESTCON__PARTNER_KEY is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_installed_command_reads_its_environment(
    redis_server: RedisServer, environ: dict[str, str]
) -> None:
    with redis_server.client() as client:
        client.flushall()

    done = run("dead-letters", "list", "--json", **environ)

    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["explain", "SO-1"],
        ["dead-letters", "list"],
        ["dead-letters", "show", "x"],
        ["dead-letters", "replay", "--all"],
        ["dead-letters", "discard", "x", "--reason=x"],
        ["audit", "list"],
    ],
)
def test_a_redis_that_is_not_there_is_one_line(
    arguments: list[str], waybill: Terminal
) -> None:
    url = "redis://:hunter2@127.0.0.1:1/0"

    result = waybill(*arguments, WAYBILL_REDIS_URL=url)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "WAYBILL_REDIS_URL" in result.stderr
    assert "hunter2" not in result.output


def test_an_unknown_command_is_bad_usage(waybill: Terminal) -> None:
    assert waybill("no-such-command").exit_code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    command = main.get_command(click.Context(main), name)

    assert command is not None
    assert command.name == name
    result = Terminal({})(name, "--help")
    assert result.exit_code == 0
    assert f"waybill {name}" in result.stdout.partition("Example:")[2]


def test_the_page_of_commands_is_what_the_code_states() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")

    assert text == page(), "run: python -m tools.docs.commands_page"


def test_the_page_names_every_command(tmp_path: Path) -> None:
    write_page(tmp_path / "commands.md")

    text = (tmp_path / "commands.md").read_text("utf-8")
    assert all(f"## `waybill {name}`" in text for name in COMMANDS)
    assert "## `waybill dead-letters replay`" in text
