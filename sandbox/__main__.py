"""`python -m sandbox`: runs the stand-ins as a process of their own."""

import argparse
import sys
from dataclasses import replace

from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings, settings_from_json


def main() -> None:
    """Print one line with the URL, then serve until SIGTERM."""
    given = _parser().parse_args()
    sandbox = Sandbox(_settings(given))
    try:
        sandbox.serve_forever(given.host, given.port, listening=_print_url)
    except OSError as error:
        place = f"{given.host}:{given.port}"
        why = error.strerror or type(error).__name__
        raise SystemExit(
            f"sandbox: cannot listen on {place} ({why}); choose another --port"
        ) from error


def _settings(given: argparse.Namespace) -> SandboxSettings:
    settings = settings_from_json(given.settings)
    if given.delay is not None:
        settings = replace(settings, delay=given.delay)
    if given.pace is not None:
        settings = replace(settings, order_pace=given.pace)
    if given.auto is not None:
        settings = replace(settings, auto_statuses=tuple(given.auto.split(",")))
    if given.keep is not None:
        settings = replace(
            settings, journal_keep=given.keep, deliveries_keep=given.keep
        )
    return settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8765, help="0 takes any free one")
    add("--delay", type=float, help="seconds before every partner's reply")
    add("--pace", type=float, help="seconds between an order's snapshots")
    add("--auto", help="know every order: statuses by poll, as in SCH,SHI,INV")
    add("--keep", type=int, help="how many requests and deliveries to remember")
    add("--settings", default="{}", help="JSON of SandboxSettings' fields")
    return parser


def _print_url(url: str) -> None:
    sys.stdout.write(f"sandbox listening on {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
