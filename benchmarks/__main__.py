"""All that is measured, in one run: `python -m benchmarks`."""

from collections.abc import Mapping

from benchmarks.details import (
    bulkheads,
    cores,
    deck_links,
    door,
    endpoints,
    primaries,
    repartition,
    results,
    scale,
    xml_refusals,
)
from benchmarks.goals import (
    calls,
    commands,
    drained,
    extremes,
    idle,
    in_flight,
    looks,
    memory,
    overload,
    steady,
)
from benchmarks.run import Measure, run_parts
from benchmarks.watching import schedule

#: Rows of the goals' table, steady rates first.
GOALS: Mapping[str, Measure] = {
    "steady": steady.measure,
    "commands": commands.measure,
    "drained": drained.measure,
    "in-flight": in_flight.measure,
    "overload": overload.measure,
    "idle": idle.measure,
    "extremes": extremes.measure,
    "calls": calls.measure,
    "looks": looks.measure,
    "memory": memory.measure,
}
#: What is not held against a goal of the table; measured where it is named.
DETAILS: Mapping[str, Measure] = {
    "schedule": schedule.measure,
    "watches": scale.measure,
    "endpoints": endpoints.measure,
    "results": results.measure,
    "primaries": primaries.measure,
    "repartition": repartition.measure,
    "cores": cores.measure,
    "bulkheads": bulkheads.measure,
    "door": door.measure,
    "deck-links": deck_links.measure,
    "xml": xml_refusals.measure,
}

if __name__ == "__main__":
    run_parts({**GOALS, **DETAILS}, GOALS)
