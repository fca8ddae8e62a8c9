"""Very many endpoints, all of which an order means that names none."""

from workers.settings.problems import AT_ONCE, too_many


def test_as_many_as_one_script_writes_quickly_are_no_matter() -> None:
    assert too_many([f"e{n}" for n in range(AT_ONCE)]) == ""


def test_of_more_it_is_stated_what_an_order_costs_that_names_none() -> None:
    message, _, advice = too_many([f"e{n}" for n in range(AT_ONCE + 1)]).partition("; ")

    assert message.startswith(
        f"an order that names no endpoints goes to all {AT_ONCE + 1}"
    )
    assert "name its own" in advice
