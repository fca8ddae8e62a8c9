"""Resources through which a partner is reached: HTTP, Redis and the clock."""

from dataclasses import dataclass
from importlib.metadata import version

import redis

from workers.fields.names import name_of
from workers.fields.partner import Partner
from workers.http.address_guard import AddressGuard
from workers.http.client import HttpClient
from workers.http.proxy import Proxy, proxy_of
from workers.partners.observer import NOBODY, Observer
from workers.redis.clock import RedisClock


@dataclass(frozen=True, slots=True)
class Reach:
    """What a partner's client is made of, beside its own settings.

    Attributes:
        partner: the name of its section, for messages.
        redis: the ledger's, where tokens are shared.
        clock: of Redis.
        pool: calls that this process makes at once.
        deadline: seconds for one call in all.
        observer: looks at the partner's answers.
    """

    partner: str
    redis: "redis.Redis"
    clock: RedisClock
    pool: int
    deadline: float
    observer: Observer = NOBODY

    def http(self, own: Partner, guard: AddressGuard | None = None) -> HttpClient:
        """A client that calls the way the partner's settings state."""
        return HttpClient(
            user_agent=f"Waybill/{version('waybill')}",
            pool=self.pool,
            guard=guard,
            authorities=own.ca_file,
            proxy=self.proxy(own),
        )

    def proxy(self, own: Partner) -> Proxy | None:
        """The proxy through which it is called."""
        url = own.proxy.get_secret_value()
        return proxy_of(url, name_of((self.partner, "proxy"))) if url else None
