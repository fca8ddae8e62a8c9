"""An installation with two endpoints, so that one can be unwell beside the other."""

import json

from sandbox.settings import SandboxSettings
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site

OTHER = "globex"


def _endpoints(partners: str, **more: object) -> str:
    """Two direct endpoints, each with its receiver's own secret."""
    secrets = SandboxSettings().receiver_secrets
    return json.dumps(
        {
            name: {
                "mode": "direct",
                "target_url": f"{partners}/receivers/{name}",
                "secrets": list(secrets[name]),
            }
            | (more if name == RECEIVER else {})
            for name in (RECEIVER, OTHER)
        }
    )


def with_two(site: Site, **acme: object) -> Site:
    """The site with both; `acme` are fields of the first."""
    variable = "WAYBILL_INGRAM__ENDPOINTS"
    site.settings = {**site.settings, variable: _endpoints(site.partners.url, **acme)}
    return site


def publish(site: Site, orders: tuple[str, ...]) -> None:
    """Orders that both are notified of, and that DECK is not sent."""
    stream = feed.stream_at(site.redis.url)
    for number in orders:
        stream.publish(feed.placed(number, customer=False))


def applied(site: Site, name: str) -> int:
    """How many notifications a receiver acted on."""
    return len(site.partners.applied(name))
