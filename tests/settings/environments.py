"""Environments that are complete, to be spoilt by one thing at a time."""

import json
from collections.abc import Mapping

from workers.settings.settings import Settings, SettingsError

WESTCON = {
    "WAYBILL_WESTCON__CLIENT_ID": "client",
    "WAYBILL_WESTCON__CLIENT_SECRET": "westcon-secret",
    "WAYBILL_WESTCON__SUBSCRIPTION_KEY": "subscription",
    "WAYBILL_WESTCON__PARTNER_KEY": "partner",
}
DECK = {
    "WAYBILL_DECK__BASE_URL": "https://deck.example/",
    "WAYBILL_DECK__SITE_CODE": "SITE",
    "WAYBILL_DECK__API_KEY": "deck-key",
}


def with_endpoint(**fields: object) -> dict[str, str]:
    """An environment of one direct endpoint, `acme`, with these fields besides."""
    endpoint = {
        "mode": "direct",
        "target_url": "https://hooks.example/orders",
        "secrets": ["acme-secret"],
    } | fields
    return {"WAYBILL_INGRAM__ENDPOINTS": json.dumps({"acme": endpoint})}


def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    """What loading this environment complains of; nothing when it loads."""
    try:
        Settings.load(environ)
    except SettingsError as error:
        return error.problems
    return ()


def names(environ: Mapping[str, str]) -> list[str]:
    """The variables that loading this environment complains of."""
    return [problem.split()[0] for problem in problems(environ)]
