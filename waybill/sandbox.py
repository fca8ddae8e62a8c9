"""`waybill sandbox`: serves the stand-ins and prints settings that lead to them."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import click

from sandbox import settings as stand_ins
from sandbox.control.fault_json import examples
from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from waybill.console import example
from waybill.finite import Finite


def environment(url: str, resource: str = "") -> dict[str, str]:
    """Every variable a worker needs besides Redis'.

    Two endpoints: acme, called directly, and globex, through Ingram's relay.

    Args:
        url: of the sandbox, without a slash at the end.
        resource: that its token endpoint for Westcon demands, "" for none.
    """
    return {
        "WAYBILL_WESTCON__BASE_URL": f"{url}/westcon",
        "WAYBILL_WESTCON__TOKEN_URL": f"{url}/microsoft/demo/oauth2/token",
        "WAYBILL_WESTCON__CLIENT_ID": stand_ins.WESTCON_CLIENT_ID,
        "WAYBILL_WESTCON__CLIENT_SECRET": stand_ins.WESTCON_CLIENT_SECRET,
        **({"WAYBILL_WESTCON__RESOURCE": resource} if resource else {}),
        "WAYBILL_WESTCON__SUBSCRIPTION_KEY": stand_ins.WESTCON_SUBSCRIPTION_KEY,
        "WAYBILL_WESTCON__PARTNER_KEY": stand_ins.WESTCON_PARTNER_KEY,
        "WAYBILL_WESTCON__POLL_MIN": "2",
        "WAYBILL_WESTCON__POLL_MAX": "5",
        "WAYBILL_DECK__BASE_URL": f"{url}/deck",
        "WAYBILL_DECK__SITE_CODE": stand_ins.DECK_SITE_CODE,
        "WAYBILL_DECK__API_KEY": stand_ins.DECK_API_KEY,
        "WAYBILL_INGRAM__BASE_URL": f"{url}/ingram",
        "WAYBILL_INGRAM__TOKEN_URL": f"{url}/ingram/oauth/oauth20/token",
        "WAYBILL_INGRAM__CLIENT_ID": stand_ins.INGRAM_CLIENT_ID,
        "WAYBILL_INGRAM__CLIENT_SECRET": stand_ins.INGRAM_CLIENT_SECRET,
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps(_endpoints(url)),
    }


def exports(variables: Mapping[str, str]) -> str:
    """The variables as a shell reads them."""
    lines = (f"export {name}={shlex.quote(v)}\n" for name, v in variables.items())
    return "".join(lines)


def _endpoints(url: str) -> dict[str, object]:
    secrets = stand_ins.RECEIVER_SECRETS
    relayed = f"https://{stand_ins.RECEIVER_HOST}/receivers/globex"
    return {
        "acme": {
            "mode": "direct",
            "target_url": f"{url}/receivers/acme",
            "secrets": list(secrets["acme"]),
        },
        "globex": {
            "mode": "relay",
            "target_url": relayed,
            "secrets": list(secrets["globex"]),
        },
    }


def _faults() -> str:
    """What can be ordered, which click must not reflow."""
    lines = (f"  {fault}\n      {meaning}" for fault, meaning in examples())
    return "\b\nFaults:\n" + "\n".join(lines)


_ORDER = (
    "curl localhost:8765/_sandbox/faults -d '"
    '{"route": "westcon.*", "times": 1, "fault": {"kind": "status", "code": 503}}\''
)

SECONDS = Finite(min=0)


@click.command(
    epilog=_faults()
    + "\n\n"
    + example(
        "waybill sandbox --auto SCH,SHI,INV",
        'eval "$(waybill sandbox --env)"',
        _ORDER,
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="0 takes any free one.",
)
@click.option(
    "--auto", metavar="STATUSES", default="", help="Know every order: statuses by poll."
)
@click.option("--delay", type=SECONDS, help="Seconds before every reply.")
@click.option("--pace", type=SECONDS, help="Seconds between an order's snapshots.")
@click.option("--keep", type=int, help="How many requests and deliveries to remember.")
@click.option(
    "--settings",
    "more",
    metavar="JSON",
    default="{}",
    help="Fields of SandboxSettings, as in docs/sandbox.md.",
)
@click.option(
    "--env", "only_env", is_flag=True, help="Print shell exports for it, and end."
)
def sandbox(  # noqa: PLR0913 - click hands over one argument per option
    *,
    host: str,
    port: int,
    auto: str,
    delay: float | None,
    pace: float | None,
    keep: int | None,
    more: str,
    only_env: bool,
) -> None:
    """Serve stand-ins of Westcon, DECK, Ingram and the receivers until stopped.

    Prints where they are, and the settings that point the product at them; --env
    prints only these, as a shell reads them, for a sandbox of the same host and port.

    It misbehaves as it is ordered to: a fault is ordered for a route (token.microsoft,
    westcon.order_status, westcon.shipment_detail, token.ingram, ingram.relay,
    deck.link, deck.history, receiver.NAME; * stands for any text), for so many
    requests (times; null is until it is cleared), for one order alone with "only".
    """
    settings = _read(more)
    if only_env:
        _print_exports(host, port, settings)
        return
    given = {
        "auto_statuses": tuple(auto.split(",")) if auto else None,
        "delay": delay,
        "order_pace": pace,
        "journal_keep": keep,
        "deliveries_keep": keep,
    }
    _serve(host, port, _settings(settings, given))


def _read(text: str) -> SandboxSettings:
    try:
        return stand_ins.settings_from_json(text)
    except (ValueError, TypeError) as error:
        raise click.UsageError(f"--settings: {error}") from error


def _settings(
    settings: SandboxSettings, given: Mapping[str, object]
) -> SandboxSettings:
    named = {name: value for name, value in given.items() if value is not None}
    # Field by field the names are SandboxSettings' own; a dict cannot express it.
    return replace(settings, **named)  # type: ignore[arg-type] # as above


def _print_exports(host: str, port: int, settings: SandboxSettings) -> None:
    if port == 0:
        raise click.UsageError("--env needs a --port: nobody knows yet which is free")
    # Whoever listens everywhere is called on loopback.
    reached = "127.0.0.1" if host in {"", "0.0.0.0"} else host  # noqa: S104 - compared, not bound
    known = environment(f"http://{reached}:{port}", settings.westcon_resource)
    click.echo(exports(known), nl=False)


def _serve(host: str, port: int, settings: SandboxSettings) -> None:
    try:
        Sandbox(settings).serve_forever(
            host, port, listening=partial(_print_url, settings)
        )
    except OSError as error:
        why = error.strerror or type(error).__name__
        what = f"cannot listen on {host}:{port} ({why}): another process may listen"
        what += " there; choose another with --port (0 takes any free one) or --host"
        raise click.ClickException(what) from error


def _print_url(settings: SandboxSettings, url: str) -> None:
    click.echo(f"sandbox listening on {url}\n")
    for name in ("westcon", "deck", "ingram", "receivers/NAME"):
        click.echo(f"  {url}/{name}")
    click.echo("\nThese settings point the product at it:\n")
    click.echo(exports(environment(url, settings.westcon_resource)))
    click.echo("Stop it with Ctrl-C.")
