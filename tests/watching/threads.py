"""Several acts at the same moment."""

import threading
from collections.abc import Callable

SECONDS = 30.0


def at_once(*acts: Callable[[], object]) -> None:
    """Run each in a thread of its own, all from the same moment on."""
    barrier, failed = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait(SECONDS)
        try:
            act()
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(SECONDS)
    assert not failed
