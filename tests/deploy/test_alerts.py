"""Each trouble has its alert, each alert its page in the runbook; promtool agrees."""

import re
import shutil
import subprocess

import pytest

from tests.deploy import signals

#: What a heading of the runbook states.
PARTS = ("Means", "The customer feels", "Look", "Do", "Healed")
#: About silence itself: it fires where there is nothing else.
SILENCE = "WaybillAbsent"


def headings() -> dict[str, str]:
    """The alerts of the runbook, each with its text."""
    text = signals.RUNBOOK.read_text("utf-8")
    parts = re.split(r"^### (\w+)$", text, flags=re.MULTILINE)[1:]
    # What has no alert of its own has a heading of several words.
    texts = (part.partition("\n### ")[0] for part in parts[1::2])
    return dict(zip(parts[::2], texts, strict=True))


def test_an_alert_asks_for_what_is_exported() -> None:
    known = signals.exported()

    found = {
        rule["alert"]: signals.strange(rule["expr"], known) for rule in signals.alerts()
    }

    assert {name: names for name, names in found.items() if names} == {}


def test_what_nobody_exports_is_noticed() -> None:
    known = signals.exported()

    assert signals.strange("max(waybill_nothing) > 0", known) == {"waybill_nothing"}
    assert signals.strange("sum by (colour) (waybill_workers)", known) == {"colour"}
    assert signals.strange('waybill_items_due{queue="x"}', known) == {"queue"}


def test_each_alert_has_its_heading_and_each_heading_its_alert() -> None:
    names = [rule["alert"] for rule in signals.alerts()]

    assert list(headings()) == names
    for rule in signals.alerts():
        link = f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook"] == link
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


@pytest.mark.parametrize("name", [rule["alert"] for rule in signals.alerts()])
def test_a_heading_states_what_to_do(name: str) -> None:
    lines = headings()[name].strip().splitlines()

    for part in PARTS:
        [line] = [one for one in lines if one.startswith(f"- **{part}:** ")]
        assert len(line) > len(part) + 12, line


def test_each_alert_is_seen_to_fire() -> None:
    expected = {case["name"]: case["promql_expr_test"] for case in signals.cases()}
    names = {rule["alert"] for rule in signals.alerts()} - {SILENCE}

    assert set(expected) == names | {"all is well", "no data"}
    [well], [nothing] = expected.pop("all is well"), expected.pop("no data")
    assert well["exp_samples"] == []
    silence = f'{{alertname="{SILENCE}"}}'
    assert nothing["exp_samples"] == [{"labels": silence, "value": 1}]
    for name, tests in expected.items():
        labels = {sample["labels"] for test in tests for sample in test["exp_samples"]}
        assert f'{{alertname="{name}"}}' in labels


@pytest.mark.parametrize(
    "arguments", [("check", "rules", signals.RULES), ("test", "rules", signals.CASES)]
)
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: `apt-get install prometheus` has it")

    ran = subprocess.run(
        [promtool, *map(str, arguments)], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
