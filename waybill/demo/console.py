"""Web console of a demo that stays up, for who would rather look than type."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from waybill.demo.environment import inherited
from waybill.demo.processes import Child, Patience, free_port, stop
from waybill.demo.stage import USER, Console, Stage, line_with
from waybill.pages.access import passwords
from waybill.pages.routes import ROOT

_LISTENS = "waybill serve listening on "


@contextmanager
def console(
    environ: Mapping[str, str],
    ready: Stage,
    folder: Path,
    programs: Path,
    waits: Patience,
) -> Iterator[tuple[Stage, Console]]:
    """Start it beside what runs; it is ended afterwards.

    Args:
        environ: the caller's environment.
        ready: what runs.
        folder: takes its log.
        programs: where `waybill` is.
        waits: how long to wait, and whether still to.

    Raises:
        DemoError: it did not start.
        InterruptedDemoError: the user asked for the end.
    """
    password = secrets.token_urlsafe(12)
    variables = inherited(environ) | _settings(ready, password)
    command = (programs / "waybill", "serve", "--port", str(free_port()))
    child = Child("console", command, folder, variables)
    try:
        url = line_with(child, _LISTENS, waits).partition(_LISTENS)[2]
        running = replace(ready, children=(*ready.children, child))
        yield running, Console(f"{url}{ROOT}/", password)
    finally:
        stop([child])


def _settings(ready: Stage, password: str) -> dict[str, str]:
    """Its own settings: none of a partner's, whose secrets it does not need."""
    own = {name: value for name, value in ready.settings.items() if "__" not in name}
    users = passwords.setting(USER, password, "operator")
    flower = ready.flower.url
    return own | {"WAYBILL_HTTP__USERS": users, "WAYBILL_HTTP__FLOWER_URL": flower}
