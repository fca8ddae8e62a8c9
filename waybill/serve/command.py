"""`waybill serve`: the HTTP door, and the console for people in a browser."""

import socket
import sys

import click
import uvicorn
from pydantic import TypeAdapter, ValidationError

from waybill.console import NAMED, example
from waybill.pages.access import passwords
from waybill.pages.routes import ROOT
from waybill.publish.fitness import check_kept, check_owner
from waybill.serve import tokens
from waybill.serve.connections import config_of
from waybill.serve.following import Following
from waybill.trouble import SettingsTrouble, loaded, redis_trouble_shown
from workers.fields.names import name_of
from workers.fields.types import name as checked_name
from workers.redis.bounded_client import adding_client
from workers.redis.clients import patient_client
from workers.settings.door import Right, Role, UserName
from workers.settings.settings import Settings
from workers.telemetry.logs import configure

TOKENS = name_of(("http", "tokens"))
USERS = name_of(("http", "users"))
RIGHTS: tuple[Right, ...] = ("publish", "read")
ROLES: tuple[Role, ...] = ("viewer", "operator")

_POST = (
    'curl -sS localhost:8080/v1/events -H "Authorization: Bearer $TOKEN"'
    " -H 'Content-Type: application/cloudevents+json' -d @event.json"
)


@click.group(
    invoke_without_command=True,
    epilog=example(
        "waybill serve token erp",
        "waybill serve user anna --role operator",
        "waybill serve --port 8080",
        _POST,
        'curl -sS localhost:8080/v1/orders/SO-10042 -H "Authorization: Bearer $TOKEN"',
    ),
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    show_default=True,
    help="0 takes any free one.",
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False),
    help="PEM file: serve https with it.",
)
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False), help="PEM file of its key."
)
@click.pass_context
def serve(
    context: click.Context,
    /,
    *,
    host: str,
    port: int,
    certificate: str | None,
    key: str | None,
) -> None:
    """Serve the HTTP door, for an ERP without a Redis client, until stopped.

    POST /v1/events takes CloudEvents (structured, binary or a batch) and answers when
    Redis has them; GET /v1/orders/NUMBER shows what became of one. Both are described
    by /openapi.json; /live, /ready and /metrics are as a worker's. Who may come in
    stands in WAYBILL_HTTP__TOKENS, and `waybill serve token NAME` makes an entry of it.
    Of the partners' settings none is needed.

    With WAYBILL_HTTP__USERS it has the web console too, at /console; `waybill serve
    user NAME` makes an entry of it.

    It listens on loopback unless --host says otherwise; then give it a certificate, or
    a proxy in front that has one: whoever reads a token has its rights.
    """
    if context.invoked_subcommand is not None:
        return
    if bool(certificate) != bool(key):
        raise click.UsageError("--certificate and --key go together")
    settings = loaded(lambda: Settings.load_redis(context.obj))
    _check_somebody(settings)
    _check_redis(settings)
    configure(settings.log_level, settings.log_format)
    listening = _listening(host, port)
    client = patient_client(settings.redis_url, "door")
    config = config_of(
        Following(settings, client),
        settings.http,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    scheme = "https" if certificate else "http"
    _announce(settings, f"{scheme}://{host}:{listening.getsockname()[1]}")
    uvicorn.Server(config).run([listening])


def _announce(settings: Settings, url: str) -> None:
    click.echo(f"waybill serve listening on {url}")
    if settings.http.users:
        click.echo(f"console at {url}{ROOT}/", err=True)


def _check_somebody(settings: Settings) -> None:
    """Refuse to open where nobody could come in."""
    if not (settings.http.tokens or settings.http.users):
        what = "is empty: nobody could come in; `waybill serve token erp` makes one"
        person = f"for a person, {USERS} and `waybill serve user NAME`"
        raise SettingsTrouble(f"{TOKENS} {what}; {person}")


def _check_redis(settings: Settings) -> None:
    """Refuse to promise what this Redis would not keep."""
    with redis_trouble_shown(settings.redis_url):
        client = adding_client(settings.redis_url)
        check_owner(client, settings)
        check_kept(client, settings)
        client.close()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        why = error.strerror or type(error).__name__
        what = f"cannot listen on {host}:{port} ({why}): another process may listen"
        what += " there; choose another with --port (0 takes any free one) or --host"
        raise click.ClickException(what) from error


@serve.command(
    epilog=example("waybill serve token erp", "waybill serve token bi -r read")
)
@click.argument("name", type=NAMED)
@click.option(
    "-r",
    "--right",
    "rights",
    type=click.Choice(RIGHTS),
    multiple=True,
    help="What it may do; may be given twice. Not given: both.",
)
def token(name: str, rights: tuple[Right, ...]) -> None:
    """Make a bearer token for NAME, and the entry that lets it in.

    The token is printed once, on standard output, and kept nowhere: give it to who
    posts. The entry, on standard error, goes into WAYBILL_HTTP__TOKENS; it holds a
    digest.
    """
    try:
        checked_name(name)
    except ValueError as error:
        raise click.UsageError(f"NAME {error}") from error
    new = tokens.made()
    click.echo(new)
    entry = tokens.setting(name, new, rights or RIGHTS)
    click.echo(f"{TOKENS}='{entry}'", err=True)


@serve.command(
    epilog=example(
        "waybill serve user anna --role operator",
        "waybill serve user anna@example.com --no-password",
    )
)
@click.argument("name", type=NAMED)
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="viewer",
    show_default=True,
    help="A viewer looks; an operator acts too.",
)
@click.option(
    "--no-password",
    is_flag=True,
    help="For who is signed in by the proxy in front (WAYBILL_HTTP__PROXY_USER).",
)
def user(name: str, role: Role, *, no_password: bool) -> None:
    """Make the entry that lets the person NAME sign in to the console.

    The password is asked for at the terminal, twice; without one it is the first line
    of standard input. The entry, on standard output, goes into WAYBILL_HTTP__USERS; it
    holds what argon2 makes of the password.
    """
    try:
        TypeAdapter(UserName).validate_python(name)
    except ValidationError as error:
        what = "must be letters of ASCII, digits, ., _, @, + or -"
        raise click.UsageError(f"NAME {what}") from error
    password = "" if no_password else _password()
    entry = passwords.setting(name, password, role)
    click.echo(f"{USERS}='{entry}'")


def _password() -> str:
    if sys.stdin.isatty():
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if len(given) < passwords.SHORTEST:
        what = f"the password must have at least {passwords.SHORTEST} characters"
        raise click.UsageError(what)
    return str(given)
