"""No command ends with a traceback, whatever its output can or cannot take."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from serializers.events.entry_fields import of_event
from tests.ledger.clock import World
from tests.redis_servers import ONE_REDIS
from tests.waybill import hostile_ledger
from waybill.main import main
from waybill.output import CLOSED_PIPE, UNWRITTEN

WAYBILL = str(Path(sys.executable).parent / "waybill")
COMMANDS = tuple(hostile_ledger.arguments(Path("/tmp")))  # noqa: S108 - only their names
#: Each takes four processes: this for every run of the tests, the others for CI.
OFTEN = {"status"}
#: What each of them may end with when it has been heard.
HEARD = {0, 1, 2}


def leaves(command: click.Command, name: str = "") -> Iterator[str]:
    """Every command that is no group, as it is typed."""
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for sub in command.list_commands(context):
        found = command.get_command(context, sub)
        assert found is not None
        yield from leaves(found, f"{name} {sub}".strip())


def test_every_command_is_tried() -> None:
    assert set(leaves(main)) == set(COMMANDS)


@pytest.fixture
def typed(ledger: World, tmp_path: Path) -> dict[str, list[str]]:
    """The commands with their arguments, on a ledger full of hostile texts."""
    hostile_ledger.fill(ledger)
    given = hostile_ledger.arguments(tmp_path)
    return {name: [*name.split(), *more] for name, more in given.items()}


def run(
    arguments: list[str],
    environ: dict[str, str],
    *,
    out: int | None = subprocess.PIPE,
    err: int | None = subprocess.PIPE,
    **more: str,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [WAYBILL, *arguments],
        stdout=out,
        stderr=err,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environ, **more},
        check=False,
    )


def quiet(output: bytes | None) -> bool:
    """Whether Python itself printed nothing."""
    words = (b"Traceback", b"Exception ignored", b"UnicodeEncodeError", b"Errno")
    return not any(word in (output or b"") for word in words)


@ONE_REDIS
@pytest.mark.parametrize(
    "name",
    [n if n in OFTEN else pytest.param(n, marks=pytest.mark.long) for n in COMMANDS],
)
def test_whatever_its_output_takes_a_command_ends_cleanly(
    name: str, typed: dict[str, list[str]], environ: dict[str, str]
) -> None:
    """Characters it cannot show, a closed pipe, a full disk, closed descriptors."""
    heard = run(typed[name], environ, PYTHONIOENCODING="latin-1")
    reader, writer = os.pipe()
    os.close(reader)
    piped = run(typed[name], environ, out=writer)
    os.close(writer)
    with Path("/dev/full").open("wb") as full:
        lost = run(typed[name], environ, out=full.fileno())
    shell = ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', WAYBILL, *typed[name]]
    closed = subprocess.run(shell, env={**environ, "LC_ALL": "C.UTF-8"}, check=False)

    for done in (heard, piped, lost):
        assert quiet(done.stderr), done.stderr
    assert heard.stdout or heard.stderr
    if heard.stdout:
        assert (piped.returncode, lost.returncode) == (CLOSED_PIPE, UNWRITTEN)
        assert lost.stderr.endswith(
            b"Error: the output cannot be written: No space left on device\n"
        )
    # What prints nothing on standard output has lost nothing.
    assert heard.returncode in HEARD
    assert closed.returncode in HEARD


@ONE_REDIS
@pytest.mark.parametrize(
    "encoding",
    [
        "ascii",
        pytest.param("latin-1", marks=pytest.mark.long),
        pytest.param("cp1252", marks=pytest.mark.long),
        pytest.param("utf-8", marks=pytest.mark.long),
    ],
)
def test_what_an_encoding_does_not_have_is_replaced(
    encoding: str, typed: dict[str, list[str]], environ: dict[str, str]
) -> None:
    helped = run(["--help"], environ, PYTHONIOENCODING=encoding)
    shown = run(typed["explain"], environ, PYTHONIOENCODING=encoding)

    for done in (helped, shown):
        assert (done.returncode, done.stderr) == (0, b"")
        done.stdout.decode(encoding)
    signs = ("waybill …", "→中") if encoding == "utf-8" else ("waybill ", "->\\u4e2d")
    assert signs[0] in helped.stdout.decode(encoding)
    assert signs[1] in shown.stdout.decode(encoding)


@ONE_REDIS
def test_an_error_output_that_takes_nothing_changes_no_exit_code(
    typed: dict[str, list[str]], environ: dict[str, str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with Path("/dev/full").open("wb") as full:
        usage = run(["explain"], environ, err=full.fileno())
        unknown = run(["explain", "SO-0"], environ, err=writer)
        well = run(typed["explain"], environ, err=full.fileno())
    os.close(writer)

    assert (usage.returncode, unknown.returncode, well.returncode) == (2, 1, 0)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_control_of_a_terminal_comes_from_outside(
    name: str, typed: dict[str, list[str]], environ: dict[str, str]
) -> None:
    # In colour, or click would take some of them out.
    result = CliRunner().invoke(main, typed[name], obj=environ, color=True)
    output = result.output
    if name == "doctor":
        for code in ("\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m"):
            output = output.replace(code, "")

    assert isinstance(result.exception, SystemExit | None)
    assert {char for char in output if not char.isprintable()} <= {"\n"}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_programs_read_is_printable_ascii(
    name: str, typed: dict[str, list[str]], environ: dict[str, str]
) -> None:
    if "--json" not in CliRunner().invoke(main, [*name.split(), "--help"]).stdout:
        return

    result = CliRunner().invoke(main, [*typed[name], "--json"], obj=environ)

    assert result.stdout.isascii()
    assert {char for char in result.stdout if not char.isprintable()} <= {"\n"}


@ONE_REDIS
def test_a_reader_that_goes_away_in_the_middle_ends_a_stream_of_lines(
    environ: dict[str, str], ledger: World, tmp_path: Path
) -> None:
    events = tmp_path / "events.ndjson"
    events.write_text("{}\n" * 20_000, "utf-8")
    # Publishing demands a Redis that keeps what it is given.
    ledger.redis.config_set("appendonly", "yes")
    shell = (
        '"$0" publish "$1" --unchecked | head -1 >/dev/null; echo "${PIPESTATUS[0]}"'
    )

    done = subprocess.run(
        ["/bin/bash", "-c", shell, WAYBILL, str(events)],
        env={**environ, "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )
    ledger.redis.config_set("appendonly", "no")

    assert (done.stdout, done.stderr) == (b"%d\n" % CLOSED_PIPE, b"")
    assert 0 < ledger.stream.length() < 20_000


@ONE_REDIS
def test_a_non_blocking_output_is_waited_for(
    environ: dict[str, str], ledger: World
) -> None:
    """Whoever shares a terminal may have made it so; 64 KiB fill a pipe."""
    for n in range(400):
        ledger.ledger.bury_event(f"{n}-0", of_event(b"x"), "w" * 200, "x")
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    done = subprocess.Popen(
        [WAYBILL, "dead-letters", "list", "--json"], stdout=writer, env=environ
    )
    os.close(writer)

    with os.fdopen(reader, "rb") as heard:
        output = heard.read()

    assert done.wait() == 0
    assert output.count(b"w" * 200) >= 400


@ONE_REDIS
def test_an_argument_that_is_not_utf8_is_bad_usage(environ: dict[str, str]) -> None:
    """The shell's own bytes come as lone surrogates; no Redis knows such a text."""
    for arguments in (
        ["explain", "SO-\udcff"],
        ["dead-letters", "show", "\udcff"],
        ["dead-letters", "list", "--order", "\udcff"],
        ["dead-letters", "replay", "\udcff"],
        ["dead-letters", "discard", "\udcff"],
        ["endpoints", "show", "\udcff"],
        ["endpoints", "disable", "acme", "--why", "\udcff"],
        ["publish", "\udcff"],
    ):
        result = CliRunner().invoke(main, arguments, obj=environ)

        assert result.exit_code == 2, arguments
