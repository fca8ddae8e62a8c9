"""The settings that point the workers at the demo's Redis and stand-ins."""

import json
from collections.abc import Mapping

from sandbox.settings import RECEIVER_HOST, SandboxSettings
from waybill.demo.story import ACME, DOWN, GLOBEX, STUMBLES, XML_SITE

PARTNERS = SandboxSettings()

#: Names that would change what the demo shows, or hold the caller's own secrets.
_NOT_INHERITED = ("WAYBILL_", "CELERY", "FLOWER_")
#: Three pauses, so four attempts, in seconds rather than days.
_PAUSES = "[0.5, 1, 1]"


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without settings of Waybill, Celery and Flower."""
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith(_NOT_INHERITED)
    }


def settings(redis_url: str, partners_url: str, *, volatile: bool) -> dict[str, str]:
    """The settings of every worker: those that differ are not well after a while.

    Args:
        redis_url: where the ledger and the hints are.
        partners_url: where the stand-ins listen, without a slash at the end.
        volatile: whether a Redis that does not persist will do.
    """
    return {
        "WAYBILL_REDIS_URL": redis_url,
        "WAYBILL_ALLOW_VOLATILE_REDIS": "true" if volatile else "false",
        "WAYBILL_LOG_FORMAT": "text",
        "WAYBILL_RELEASE_SECONDS": "0.25",
        **_westcon(partners_url),
        **_deck(partners_url),
        **_ingram(partners_url),
    }


def _westcon(url: str) -> dict[str, str]:
    return {
        "WAYBILL_WESTCON__BASE_URL": f"{url}/westcon",
        "WAYBILL_WESTCON__TOKEN_URL": f"{url}/microsoft/demo/oauth2/token",
        "WAYBILL_WESTCON__CLIENT_ID": PARTNERS.westcon_client_id,
        "WAYBILL_WESTCON__CLIENT_SECRET": PARTNERS.westcon_client_secret,
        "WAYBILL_WESTCON__SUBSCRIPTION_KEY": PARTNERS.westcon_subscription_key,
        "WAYBILL_WESTCON__PARTNER_KEY": PARTNERS.westcon_partner_key,
        "WAYBILL_WESTCON__POLL_MIN": "1",
        "WAYBILL_WESTCON__POLL_MAX": "2",
        "WAYBILL_WESTCON__RETRY_PAUSES": _PAUSES,
    }


def _deck(url: str) -> dict[str, str]:
    xml = {"shared": ["site_code", "api_key"], "format": "xml"}
    return {
        "WAYBILL_DECK__BASE_URL": f"{url}/deck",
        "WAYBILL_DECK__SITE_CODE": PARTNERS.deck_site_code,
        "WAYBILL_DECK__API_KEY": PARTNERS.deck_api_key,
        "WAYBILL_DECK__SITES": json.dumps({XML_SITE: xml}),
        "WAYBILL_DECK__RETRY_PAUSES": _PAUSES,
    }


def _ingram(url: str) -> dict[str, str]:
    return {
        "WAYBILL_INGRAM__BASE_URL": f"{url}/ingram",
        "WAYBILL_INGRAM__TOKEN_URL": f"{url}/ingram/oauth/oauth20/token",
        "WAYBILL_INGRAM__CLIENT_ID": PARTNERS.ingram_client_id,
        "WAYBILL_INGRAM__CLIENT_SECRET": PARTNERS.ingram_client_secret,
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "WAYBILL_INGRAM__RETRY_PAUSES": _PAUSES,
        # A receiver that is down would otherwise be left alone for half a minute.
        "WAYBILL_INGRAM__BREAKER_SECONDS": "1",
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps(_endpoints(url)),
    }


def _endpoints(url: str) -> dict[str, dict[str, object]]:
    relayed = f"https://{RECEIVER_HOST}/receivers/{GLOBEX}"
    direct = {name: f"{url}/receivers/{name}" for name in (ACME, STUMBLES, DOWN)}
    return {
        GLOBEX: _endpoint("relay", relayed, GLOBEX),
        **{name: _endpoint("direct", target, name) for name, target in direct.items()},
    }


def _endpoint(mode: str, target: str, name: str) -> dict[str, object]:
    fallback = (PARTNERS.receiver_fallback_secret,)
    secrets = PARTNERS.receiver_secrets.get(name, fallback)
    return {"mode": mode, "target_url": target, "secrets": list(secrets)}
