"""What the doctor finds wrong."""

from tests.waybill.terminal import Terminal


def found(terminal: Terminal, *options: str, **more: str) -> dict[str, dict[str, str]]:
    """Every check that is not ok, by name."""
    told = terminal.json("doctor", *options, stdin=b"", **more)
    return {one["name"]: one for one in told if one["verdict"] != "ok"}
