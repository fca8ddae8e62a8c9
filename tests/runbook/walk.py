"""A reader of the runbook: sees what is wrong, types what the page gives, looks again.

Nothing is typed that neither the page nor `waybill status` gives.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from click.testing import Result

from tests.processes.site import Site
from tests.processes.waiting import until
from tests.runbook.page import night, steps
from tests.waybill.terminal import Terminal


@dataclass
class Reader:
    """Somebody who was woken by one alert.

    Attributes:
        site: that is not well.
        heading: of the alert.
        shown: what `waybill status` has reported last.
    """

    site: Site
    heading: str
    shown: str = ""

    @property
    def terminal(self) -> Terminal:
        return Terminal(self.site.settings)

    def reasons(self) -> list[str]:
        """What `waybill status` complains of; its exit code agrees."""
        found: list[str] = self.terminal.json("status")["reasons"]
        return found

    def sees(self, words: str) -> str:
        """Wait until a reason has these words, and commands to go on with."""
        assert "`waybill status`" in night() or "waybill status" in steps(self.heading)

        def reported() -> str:
            return next((one for one in self.reasons() if words in one), "")

        self.shown = until(f"status reports: {words}", reported)
        assert "`" in self.shown, f"no command to go on with: {self.shown}"
        return self.shown

    def types(self, step: str, /, **meant: str) -> Result:
        """Run a command of the page, with what its capitals mean; it ends well."""
        result = self.looks(step, **meant)
        assert result.exit_code == 0, result.output
        return result

    def looks(self, step: str, /, also: Sequence[str] = (), **meant: str) -> Result:
        """The same, whatever its exit code; `also` is for a program that reads it."""
        assert step in [*steps(self.heading), *_given(self.shown)], f"not given: {step}"
        return self.terminal(*_filled(step, meant), *also)

    def page_steps(self) -> str:
        """All that the page gives to be typed."""
        return " ".join(steps(self.heading))

    def hurried(self, *words: str) -> Result:
        """Run a command of the page that waits as long as an operator's does."""
        assert f"waybill {words[0]}" in [*steps(self.heading), "waybill status"]
        return Terminal(self.site.settings, patient=False)(*words)

    def well(self) -> None:
        """Wait until `waybill status` complains of nothing."""
        until("all is well", lambda: not self.reasons())


def _given(reason: str) -> list[str]:
    return re.findall(r"`([^`]+)`", reason)


def _filled(step: str, meant: Mapping[str, str]) -> list[str]:
    first, *words = step.split()
    assert first == "waybill", step
    return [meant.get(word, word) for word in words]
