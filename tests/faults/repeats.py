"""How often something may come again, without a failover and with one."""

from tests.processes.ledger_servers import fails_over


def are_held(doubled: int, ambiguous: int, exactly: int = 0) -> None:
    """See that as much came again as was counted.

    What one server has recorded of a call, its replica may lack. Then the call is made
    again, and is counted.

    Args:
        doubled: what came again.
        ambiguous: sends of which the ledger holds that nobody knows.
        exactly: how many there are of both, where no server takes another one's place.
    """
    if fails_over():
        assert doubled <= ambiguous
    else:
        assert (doubled, ambiguous) == (exactly, exactly)
