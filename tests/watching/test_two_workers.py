"""Two workers at one order: each transition is notified once, forward, under one id."""

import random
import threading

from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Done
from tests.watching.site import Halted, Site
from tests.watching.threads import at_once


def test_a_hint_that_came_twice_is_polled_once(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["SHI", "INV"])
    hint = site.watch("1")
    workers = [site.worker() for _ in range(2)]

    at_once(*(lambda one=one: site.polled(hint, one) for one in workers))

    assert site.sandbox.journal.count("westcon.order_status") == 1
    assert site.reported("1") == [("10", "IM::shipped")]


def test_a_lease_that_ends_in_the_middle_of_a_poll_reports_nothing_twice(
    site: Site,
) -> None:
    site.sandbox.orders.stepping("61", ["SHI"])
    hint = site.watch("1")

    def overtaken() -> None:
        site.pass_lease()
        report = site.polled(site.claim())
        assert report.outcomes == {"watch:westcon:1": Done()}

    site.polled(hint, site.worker(Halted(site.westcon(), overtaken)))

    assert site.sandbox.journal.count("westcon.order_status") == 2
    assert site.reported("1") == [("10", "IM::shipped")]


def test_an_answer_that_was_overtaken_takes_nothing_back(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["SHI", "INV"])
    hint = site.watch("1")

    def overtaken() -> None:
        site.pass_lease()
        site.polled(site.claim())

    site.polled(hint, site.worker(Halted(site.westcon(), overtaken)))

    # The first worker saw SHI, the second INV; the second was the first to write.
    assert site.reported("1") == [("10", "IM::invoiced")]
    assert site.world.ledger.orders(["1"])[0].order is not None


def test_a_worker_that_lost_its_lease_may_be_the_first_to_report(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["SHI", "INV"])
    hint = site.watch("1")
    taken: list[Hint] = []

    def overtaken() -> None:
        site.pass_lease()
        taken.append(site.claim())

    site.polled(hint, site.worker(Halted(site.westcon(), overtaken)))
    site.polled(taken[0])

    assert site.reported("1") == [("10", "IM::shipped"), ("10", "IM::invoiced")]


def test_many_workers_whose_leases_keep_ending_report_every_step_once(
    site: Site,
) -> None:
    numbers = [str(n) for n in range(12)]
    steps = [("SCH", "SCH"), ("SHI", "SCH"), ("SHI", "SHI"), ("INV", "SHI"), "INV"]
    for number in numbers:
        site.sandbox.orders.stepping(f"6{number}", steps, n_lines=2)
    site.watch(*numbers)
    site.pass_lease()
    dice, turn = random.Random(3), threading.Lock()

    def time_passes() -> None:
        with turn:
            site.world.clock.advance(site.world.retention.lease // dice.randrange(1, 4))

    def work() -> None:
        worker = site.worker(Halted(site.westcon(), time_passes))
        while site.left():
            hint = site.claim(most=dice.randrange(1, 11))
            if hint.claims:
                site.polled(hint, worker)
            time_passes()

    at_once(*[work] * 4)

    forward = ["IM::shipped", "IM::invoiced"]
    for number in numbers:
        reported = site.reported(number)
        for line in ("10", "20"):
            statuses = [status for one, status in reported if one == line]
            assert statuses in (forward, forward[1:]), reported
