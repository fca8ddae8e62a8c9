"""What was done to a ledger, whichever chain it stands in."""

import redis

from serializers.audit.entry import AuditEntry, decode
from workers.ledger.audit.reader import AuditReader


def done(client: redis.Redis) -> list[AuditEntry]:
    """The entries of the first partition, and on a Cluster of the keys beside it."""
    reader = AuditReader(client)
    return [decode(raw) for chain in reader.chains() for raw in reader.entries(chain)]
