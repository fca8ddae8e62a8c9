"""The token that ends under many polls is replaced once, whichever process polls."""

from functools import partial

from tasks.outcomes.outcome import Done
from tests.watching.site import Site
from tests.watching.threads import at_once

PROCESSES, THREADS = 5, 10


def test_fifty_polls_in_flight_of_five_processes_ask_for_one_new_token(
    site: Site,
) -> None:
    numbers = [str(n) for n in range(10, 10 + PROCESSES * THREADS)]
    for number in numbers:
        site.sandbox.orders.stepping(f"6{number}", ["SCH"])
    hints = [site.watch(number) for number in numbers]
    workers = [site.worker() for _ in range(PROCESSES)]
    for worker in workers:
        worker.westcon.order_status("W", ("1",))
    assert site.sandbox.journal.count("token.microsoft") == 1
    site.sandbox.revoke_tokens()
    reports = []

    def poll(n: int) -> None:
        reports.append(site.polled(hints[n], workers[n % PROCESSES]))

    at_once(*(partial(poll, n) for n in range(len(hints))))

    outcomes = [one for report in reports for one in report.outcomes.values()]
    assert outcomes == [Done()] * len(numbers)
    assert site.sandbox.journal.count("token.microsoft") == 2
