"""Workers that start from now on go through a proxy to Redis, or to the receiver."""

from tests.faults.proxy import Proxy
from tests.processes.site import Site

ENDPOINTS = "WAYBILL_INGRAM__ENDPOINTS"


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def to_redis(site: Site, proxy: Proxy) -> None:
    way = f"redis://127.0.0.1:{proxy.port}/0"
    site.settings = {**site.settings, "WAYBILL_REDIS_URL": way}


def to_receiver(site: Site, proxy: Proxy) -> None:
    """The other partners are still reached directly."""
    way = f"http://127.0.0.1:{proxy.port}"
    endpoints = site.settings[ENDPOINTS].replace(site.partners.url, way)
    site.settings = {**site.settings, ENDPOINTS: endpoints}
