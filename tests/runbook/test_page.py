"""Every heading of the runbook is walked here, or its trouble is made elsewhere."""

import ast
from pathlib import Path

from tests.runbook.page import headings

HERE = Path(__file__).parent

#: Headings whose trouble takes a day or a crowd, and the tests that make it.
ELSEWHERE = {
    "WaybillWorkerCutOff": "tests/faults/test_broker_asymmetric.py",
    "WaybillStepStandsStill": "tests/processes/test_frozen.py",
    "WaybillNoProgress": "tests/deploy/test_alerts.py",
    "WaybillDeadLettersForgotten": "tests/deploy/test_alerts.py",
    "WaybillAmbiguous": "tests/faults/test_receiver_drops.py",
    "WaybillIntakeBehind": "tests/processes/test_intake_ahead.py",
    "WaybillAdmissionBehind": "tests/deploy/test_alerts.py",
    "WaybillOrdersMerged": "tests/processes/test_two_sources.py",
    "WaybillMisspelled": "tests/edge/test_accepted.py",
    "WaybillUnreadableValues": "tests/watching/test_unread_values.py",
    "WaybillUnknownStatus": "tests/watching/test_unknown_codes.py",
    "WaybillResultsLost": "tests/ledger/test_results_trimming.py",
    "WaybillReconcileLost": "tests/reconcile/test_command.py",
    "WaybillReconcileNotAsked": "tests/reconcile/test_command.py",
    "WaybillReconcileOld": "tests/deploy/test_alerts.py",
    "WaybillDoorFails": "tests/serve/test_redis_away.py",
}


def walked() -> set[str]:
    """The headings that tests of this folder begin a walk with."""
    trees = (ast.parse(path.read_text("utf-8")) for path in HERE.glob("test_*.py"))
    return {
        node.args[1].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Reader"
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    }


def test_every_heading_is_walked_or_its_trouble_is_made_elsewhere() -> None:
    assert walked() | set(ELSEWHERE) == set(headings())
    assert not walked() & set(ELSEWHERE)


def test_what_is_made_elsewhere_is_there() -> None:
    missing = [
        one for one in ELSEWHERE.values() if not (HERE.parents[1] / one).exists()
    ]

    assert missing == []
