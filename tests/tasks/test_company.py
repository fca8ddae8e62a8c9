"""Threads of a process work together, or one of them alone."""

import threading
from collections.abc import Callable

import pytest

from tasks.company import Company
from tests.processes.waiting import until


def begun(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_who_is_alone_waits_for_those_before_and_holds_up_those_after() -> None:
    company, order = Company(), list[str]()
    leave = threading.Event()

    def before() -> None:
        with company.together():
            order.append("before")
            leave.wait()

    def alone() -> None:
        with company.alone():
            order.append("alone")

    def after() -> None:
        with company.together():
            order.append("after")

    threads = [begun(before)]
    until("one is at work", lambda: order == ["before"])
    threads.append(begun(alone))
    until("another waits to be alone", lambda: company._is_alone)
    threads.append(begun(after))
    leave.set()
    for one in threads:
        one.join()

    assert order == ["before", "alone", "after"]


def test_an_error_ends_being_alone() -> None:
    company = Company()

    with pytest.raises(ValueError, match="defect"), company.alone():
        raise ValueError("a defect")

    with company.together():
        assert not company._is_alone


def test_several_work_together() -> None:
    company = Company()

    with company.together(), company.together():
        both = company._together

    assert both == 2
