"""The settings that point the product at its stand-ins."""

import json
import shlex
from collections.abc import Mapping

from sandbox import settings as stand_ins


def environment(url: str) -> dict[str, str]:
    """Every variable a worker needs besides Redis'.

    Two endpoints: acme, called directly, and globex, through Ingram's relay.

    Args:
        url: of the sandbox, without a slash at the end.
    """
    return {
        "WAYBILL_WESTCON__BASE_URL": f"{url}/westcon",
        "WAYBILL_WESTCON__TOKEN_URL": f"{url}/microsoft/demo/oauth2/token",
        "WAYBILL_WESTCON__CLIENT_ID": stand_ins.WESTCON_CLIENT_ID,
        "WAYBILL_WESTCON__CLIENT_SECRET": stand_ins.WESTCON_CLIENT_SECRET,
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
