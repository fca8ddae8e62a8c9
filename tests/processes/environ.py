"""Settings of a whole installation, as an environment for its workers."""

import json
from collections.abc import Mapping

from sandbox.settings import SandboxSettings
from workers.redis.durability import durability_of

RECEIVER = "acme"
PARTNERS = SandboxSettings()


def complete(redis_url: str, partners: str) -> dict[str, str]:
    """Settings that want nothing, with short leases and pauses."""
    endpoint = {
        "mode": "direct",
        "target_url": f"{partners}/receivers/{RECEIVER}",
        "secrets": list(PARTNERS.receiver_secrets[RECEIVER]),
    }
    pauses = json.dumps([0.5] * 12)
    return {
        "WAYBILL_REDIS_URL": redis_url,
        "WAYBILL_LEASE": "6",
        "WAYBILL_DEADLINE": "4",
        "WAYBILL_WESTCON__BASE_URL": f"{partners}/westcon",
        "WAYBILL_WESTCON__TOKEN_URL": f"{partners}/microsoft/tests/oauth2/token",
        "WAYBILL_WESTCON__CLIENT_ID": PARTNERS.westcon_client_id,
        "WAYBILL_WESTCON__CLIENT_SECRET": PARTNERS.westcon_client_secret,
        "WAYBILL_WESTCON__SUBSCRIPTION_KEY": PARTNERS.westcon_subscription_key,
        "WAYBILL_WESTCON__PARTNER_KEY": PARTNERS.westcon_partner_key,
        "WAYBILL_WESTCON__RETRY_PAUSES": pauses,
        "WAYBILL_DECK__BASE_URL": f"{partners}/deck",
        "WAYBILL_DECK__SITE_CODE": PARTNERS.deck_site_code,
        "WAYBILL_DECK__API_KEY": PARTNERS.deck_api_key,
        "WAYBILL_DECK__RETRY_PAUSES": pauses,
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps({RECEIVER: endpoint}),
        "WAYBILL_INGRAM__RETRY_PAUSES": pauses,
    }


def with_room_for_replicas(environ: Mapping[str, str]) -> dict[str, str]:
    """A lease in which a call waits for replicas first, and still has its deadline."""
    waits = durability_of(environ.get("WAYBILL_DURABILITY", "none")).seconds
    lease = float(environ["WAYBILL_LEASE"])
    needed = 1.5 * (float(environ["WAYBILL_DEADLINE"]) + waits)
    return {"WAYBILL_LEASE": f"{needed:g}"} if waits and lease < needed else {}
