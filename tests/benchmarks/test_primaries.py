"""What an event costs each primary of a Cluster: the arithmetic, and a run of a few."""

from benchmarks.details.primaries import Share, share


def test_the_busiest_primary_bounds_them_all() -> None:
    one = Share(1, 64, (1_000.0,), 1_000.0)
    three = Share(3, 64, (300.0, 400.0, 300.0), 2_500.0)

    assert three.cells(one) == ("3", "64", "300 · 400 · 300", "2,500", "2.50")


def test_each_primary_has_its_part_of_the_events() -> None:
    found = share(3, 8, 30)

    assert len(found.micros) == 3
    assert all(one > 0 for one in found.micros)
    assert found.events_per_second > 0
