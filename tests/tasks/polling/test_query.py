"""Several orders in one call, and their answers distinguished."""

import pytest

from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
    Unavailable,
)
from tasks.polling.attribution import Others
from tasks.polling.query import ask, ask_each
from tests.tasks.fakes import FakeWestcon
from tests.tasks.samples import reported

REFUSED = PermanentError("refused", code="http_400")
UNREADABLE = Unavailable("an error block", code="decode")
TOO_BIG = Unavailable("answered more than 8388608 bytes", code="size")
DOWN = Unavailable("no answer", code="timeout")
SLOW_DOWN = Throttled("slow down", code="http_429", retry_after=60.0)
NO_TOKEN = NotYet("no token", code="token", after=300.0, shared=True)


def in_time() -> bool:
    return False


def knowing(*numbers: str) -> FakeWestcon:
    return FakeWestcon({n: (reported(order_number=n),) for n in numbers})


def test_one_call_answers_for_all() -> None:
    westcon = knowing("1", "2", "3")

    answers = ask(westcon, "W", ["1", "2", "3"], in_time)

    assert answers == {n: (reported(order_number=n),) for n in "123"}
    assert westcon.asked == [("W", ("1", "2", "3"))]


def test_a_purchase_orders_lines_are_notified_by_the_customers_number() -> None:
    lines = (reported(order_number="11"), reported(order_number="12"))
    westcon = FakeWestcon({"PO-7": lines})

    assert ask(westcon, "C", ["PO-7", "PO-8"], in_time)["PO-7"] == lines


def test_zeros_in_front_of_a_number_mean_nothing() -> None:
    westcon = FakeWestcon({"0060": (reported(order_number="60"),)})

    assert ask(westcon, "W", ["0060", "2"], in_time)["0060"] == (
        reported(order_number="60"),
    )


def test_an_order_that_does_not_come_back_is_asked_for_alone() -> None:
    westcon = knowing("1", "2", "3")
    westcon.dropped = {"2"}

    answers = ask(westcon, "W", ["1", "2", "3"], in_time)

    assert answers["2"] == (reported(order_number="2"),)
    assert westcon.asked[1:] == [("W", ("2",))]


def test_an_order_that_is_missing_even_alone_is_no_fault_of_westcons() -> None:
    westcon = knowing("1")

    answers = ask(westcon, "W", ["1", "2"], in_time)

    error = answers["2"]
    assert isinstance(error, TransientError)
    assert not isinstance(error, Unavailable)
    assert error.code == "missing_order"


@pytest.mark.parametrize("error", [REFUSED, UNREADABLE, TOO_BIG])
def test_a_spoilt_call_is_halved_until_the_bad_order_stands_alone(
    error: PartnerError,
) -> None:
    westcon = knowing("1", "2", "3", "4")
    westcon.bad = {"3": error}

    answers = ask(westcon, "W", ["1", "2", "3", "4"], in_time)

    assert answers == {
        "1": (reported(order_number="1"),),
        "2": (reported(order_number="2"),),
        "3": error,
        "4": (reported(order_number="4"),),
    }
    assert [orders for _, orders in westcon.asked] == [
        ("1", "2", "3", "4"),
        ("1", "2"),
        ("3", "4"),
        ("3",),
        ("4",),
    ]


@pytest.mark.parametrize("error", [DOWN, SLOW_DOWN, NO_TOKEN])
def test_what_fails_for_everybody_fails_for_all_in_one_call(
    error: PartnerError,
) -> None:
    westcon = knowing("1", "2")
    westcon.errors = [error]

    assert ask(westcon, "W", ["1", "2"], in_time) == {"1": error, "2": error}
    assert len(westcon.asked) == 1


@pytest.mark.parametrize("error", [DOWN, SLOW_DOWN, NO_TOKEN])
def test_nobody_asks_on_for_missing_orders_when_westcon_has_gone(
    error: PartnerError,
) -> None:
    westcon = knowing("1", "2", "3")
    westcon.dropped = {"2", "3"}
    westcon.errors = [None, error]

    answers = ask(westcon, "W", ["1", "2", "3"], in_time)

    assert answers == {"1": (reported(order_number="1"),), "2": error, "3": error}
    assert len(westcon.asked) == 2


def test_asked_alone_lines_under_another_spelling_are_named_and_nobodys() -> None:
    lines = (reported(customer_order_number="PO7"),)
    westcon = FakeWestcon({"PO 7": lines})

    assert ask(westcon, "C", ["PO 7"], in_time)["PO 7"] == Others("C", "PO 7", lines)


def test_a_call_about_others_is_asked_again_alone_and_spoils_nobodys_answer() -> None:
    mine, similar = reported(customer_order_number="po-8"), reported()
    westcon = FakeWestcon({"po-7": (similar,), "po-8": (mine,)})

    answers = ask(westcon, "C", ["po-7", "po-8"], in_time)

    assert answers == {"po-7": Others("C", "po-7", (similar,)), "po-8": (mine,)}
    assert westcon.asked[1:] == [("C", ("po-7",))]


def test_asked_alone_lines_of_another_order_do_not_count_beside_the_right_ones() -> (
    None
):
    mine, foreign = reported(order_number="1"), reported(order_number="2")
    westcon = FakeWestcon({"1": (mine, foreign)})

    assert ask(westcon, "W", ["1"], in_time) == {"1": (mine,)}


def test_lines_that_nobody_asked_for_are_left_out() -> None:
    westcon = FakeWestcon(
        {"1": (reported(order_number="1"), reported(order_number="9")), "2": ()}
    )

    assert set(ask(westcon, "W", ["1", "2"], in_time)) == {"1", "2"}


def test_a_gateway_that_answers_nothing_readable_is_not_asked_for_every_order() -> None:
    numbers = [str(n) for n in range(10)]
    westcon = knowing(*numbers)
    westcon.bad = dict.fromkeys(numbers, UNREADABLE)

    answers = ask(westcon, "W", numbers, in_time)

    assert answers == dict.fromkeys(numbers, UNREADABLE)
    assert [len(orders) for _, orders in westcon.asked] == [10, 5, 2, 1, 1]


def test_every_order_that_is_refused_is_found_however_many_there_are() -> None:
    numbers = [str(n) for n in range(4)]
    westcon = knowing(*numbers)
    westcon.bad = dict.fromkeys(numbers[:3], REFUSED)

    answers = ask(westcon, "W", numbers, in_time)

    assert answers == {
        **dict.fromkeys(numbers[:3], REFUSED),
        "3": (reported(order_number="3"),),
    }


def test_no_call_begins_when_time_is_up() -> None:
    westcon = knowing("1", "2", "3", "4")
    westcon.errors = [REFUSED]

    answers = ask(westcon, "W", ["1", "2", "3", "4"], lambda: len(westcon.asked) > 1)

    assert westcon.asked == [("W", ("1", "2", "3", "4")), ("W", ("1", "2"))]
    assert isinstance(answers["1"], tuple)
    late = answers["4"]
    assert isinstance(late, NotYet)
    assert (late.code, late.shared) == ("out_of_time", False)


def test_one_order_that_westcon_stumbles_over_stops_no_other() -> None:
    westcon = knowing("1", "2", "3")
    westcon.bad = {"2": Unavailable("answered 500", code="http_500")}

    answers = ask_each(westcon, "W", [["1"], ["2"], ["3"]], in_time)

    assert [isinstance(answers[n], tuple) for n in "123"] == [True, False, True]
