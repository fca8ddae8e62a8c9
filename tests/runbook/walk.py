"""A reader of the runbook: sees what is wrong, types what the page gives, looks again.

Nothing is typed that neither the page nor `waybill status` gives.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from click.testing import Result

from tests.processes.child import Child
from tests.processes.pages import page
from tests.processes.site import Site
from tests.processes.waiting import until
from tests.processes.worker import Worker
from tests.runbook.alerts import counted
from tests.runbook.page import night, steps, text_of
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

    def types(self, step: str, /, also: Sequence[str] = (), **meant: str) -> Result:
        """Run a command of the page, with what its capitals mean; it ends well."""
        result = self.looks(step, also, **meant)
        assert result.exit_code == 0, result.output
        return result

    def looks(self, step: str, /, also: Sequence[str] = (), **meant: str) -> Result:
        """The same, whatever its exit code.

        Args:
            step: as the page has it.
            also: options of a page that it leads to, or `--json` for who reads it.
            meant: by its capitals.
        """
        assert step in [*steps(self.heading), *_given(self.shown)], f"not given: {step}"
        return self.terminal(*_filled(step, meant), *also)

    def finds(self, child: Child, line: str) -> str:
        """Wait until a log has the line that the page names; the first of them."""
        self.named(line)
        found = re.compile(rf'^.*"event": "{line}".*$', re.MULTILINE)
        return until(f"the log has {line}", lambda: found.search(child.output()))[0]

    def named(self, word: str) -> str:
        """A word that the page gives: a setting, a line of a log, an address."""
        assert word in steps(self.heading), f"not named: {word}"
        return word

    def hears(self, metrics: Callable[[], str]) -> float:
        """Wait until there is what the alert asks for: how much of it."""
        return until(f"{self.heading} has its reason", lambda: self.count(metrics()))

    def count(self, metrics: str) -> float:
        """What the alert asks for, in a page of metrics."""
        return counted(self.heading, metrics)

    @property
    def text(self) -> str:
        """All that the page states under the heading."""
        return text_of(self.heading)

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


def metrics_of(worker: Worker) -> Callable[[], str]:
    """A worker's page of metrics, as it is when it is asked for."""
    return lambda: page(worker, "/metrics")[1]


def _given(reason: str) -> list[str]:
    return re.findall(r"`([^`]+)`", reason)


def _filled(step: str, meant: Mapping[str, str]) -> list[str]:
    first, *words = step.split()
    assert first == "waybill", step
    return [meant.get(word, word) for word in words]
