"""Findings of the doctor, read from its output."""

from tests.waybill.terminal import Terminal


def found(terminal: Terminal, *options: str, **more: str) -> dict[str, dict[str, str]]:
    """Every check that is not ok, by name."""
    shown = terminal.json("doctor", *options, stdin=b"", **more)
    return {one["name"]: one for one in shown if one["verdict"] != "ok"}
