import pytest

from sandbox.partners.westcon.orders import OrderBook, OrderState
from sandbox.partners.westcon.plans import OrderLine, Plan, some_lines, steps_of


def statuses(found: tuple[OrderState, ...]) -> list[tuple[str, ...]]:
    return [order.statuses for order in found]


def test_an_order_moves_with_its_polls() -> None:
    book = OrderBook()
    book.stepping("1", ["SCH", "SHI", "INV"], by="polls", every=2)

    seen = [statuses(book.poll("W", "1"))[0][0] for _ in range(6)]

    assert seen == ["SCH", "SCH", "SHI", "SHI", "INV", "INV"]


def test_a_poll_without_effect_does_not_move_an_order() -> None:
    book = OrderBook()
    book.stepping("1", ["SCH", "INV"])

    book.poll("W", "1", effect=False)

    assert statuses(book.poll("W", "1")) == [("SCH",)]


def test_an_order_moves_by_hand_and_stays_at_its_last_snapshot() -> None:
    book = OrderBook()
    book.stepping("1", ["SCH", "SHI", "INV"], by="hand")

    book.advance("1")
    once = book.look("1")
    book.advance("1", 5)
    far = book.look("1")

    assert once is not None
    assert once.statuses == ("SHI",)
    assert far is not None
    assert far.statuses == ("INV",)


def test_an_order_moves_with_the_seconds() -> None:
    book = OrderBook()
    book.put("1", plan=steps_of(["SCH", "INV"], "seconds", 1e-9))

    assert statuses(book.poll("W", "1")) == [("INV",)]


def test_seconds_may_begin_at_the_first_poll() -> None:
    book = OrderBook()
    book.put(
        "1", plan=Plan((("SCH",), ("INV",)), "seconds", 1e-9, from_first_poll=True)
    )

    seen = [statuses(book.poll("W", "1"))[0] for _ in range(2)]

    assert seen == [("SCH",), ("INV",)]


def test_seconds_before_the_first_poll_do_not_count_then() -> None:
    book = OrderBook()
    book.put(
        "1", plan=Plan((("SCH",), ("INV",)), "seconds", 3600, from_first_poll=True)
    )
    book._orders["1"].started -= 7200

    seen = [statuses(book.poll("W", "1"))[0] for _ in range(2)]

    assert seen == [("SCH",), ("SCH",)]


def test_lines_may_go_different_ways() -> None:
    book = OrderBook()
    book.stepping("1", ["SCH", ["SHI", "REJ"]], n_lines=2)

    seen = [statuses(book.poll("W", "1"))[0] for _ in range(2)]

    assert seen == [("SCH", "SCH"), ("SHI", "REJ")]


def test_leading_zeros_of_a_number_do_not_count() -> None:
    book = OrderBook()
    book.final("0000000042")

    assert statuses(book.poll("W", "42")) == [("INV",)]


def test_any_order_is_known_when_the_book_answers_all() -> None:
    book = OrderBook(auto=("SCH", "INV"), auto_lines=2)

    seen = [statuses(book.poll("W", "never-put"))[0] for _ in range(2)]

    assert seen == [("SCH", "SCH"), ("INV", "INV")]


def test_a_made_up_order_of_a_customer_keeps_its_number() -> None:
    book = OrderBook(auto=("SCH", "INV"))

    (first,), (second,) = book.poll("C", "PO-1"), book.poll("C", "PO-1")

    assert first.number == second.number
    assert first.number.isdigit()
    assert (first.customer_order, second.statuses) == ("PO-1", ("INV",))


def test_a_cleared_book_knows_again_what_it_knew_at_the_start() -> None:
    book = OrderBook()
    book.final("1")
    book.answer_all(["INV"])

    book.clear()

    assert book.poll("W", "1") == ()


@pytest.mark.parametrize(
    ("lines", "plan"),
    [
        (some_lines(3), steps_of([["SCH", "SHI"]])),
        (some_lines(1), steps_of([])),
        (some_lines(1), steps_of(["SCH"], "polls", 0)),
        ((OrderLine(quantity="many"),), steps_of(["SCH"])),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(
    lines: tuple[OrderLine, ...], plan: Plan
) -> None:
    with pytest.raises(ValueError, match=r"order 1|many"):
        OrderBook().put("1", lines, plan=plan)
