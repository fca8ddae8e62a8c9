"""Whatever the documents name exists: files, headings, settings, commands, tests."""

import re
from pathlib import Path

import click
import pytest

from tests.docs.pages import PAGES, ROOT, anchors, code, links, text
from tools.docs.metrics_page import table as metrics
from waybill.main import main
from workers.celery_app.boot_steps import OPTIONS
from workers.dispatch.queues import ROUTES
from workers.fields.names import CONFIG, SECRETS_DIR, variables
from workers.settings.settings import Settings

_SETTING = re.compile(r"WAYBILL_[A-Z_]+")
_METRIC = re.compile(r"`(waybill_\w+)`")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
_TOPS = "waybill|workers|tasks|serializers|sandbox|tools|tests|deploy|docs"
_FILE = re.compile(rf"(?<!/)(?:{_TOPS})/[\w./-]+")
#: What a page places in a module, private or not: "`_joined` in `tasks/….py`".
_INSIDE = re.compile(rf"`(\w+)`\s+(?:of|in)\s+`((?:{_TOPS})/[\w/]+\.py)`")
_TARGET = re.compile(r"\bmake ([a-z]+(?:-[a-z]+)*)\b")

every_page = pytest.mark.parametrize("page", PAGES)


@every_page
def test_what_is_linked_exists(page: str) -> None:
    missing = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(target)

    assert missing == []


@every_page
def test_the_files_that_are_named_exist(page: str) -> None:
    named = {found for span in code(page) for found in _FILE.findall(span)}

    missing = [name for name in named if not (ROOT / name.rstrip(".")).exists()]

    assert missing == []


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md"])
def test_what_a_module_is_named_to_hold_is_there(page: str) -> None:
    missing = [
        f"{name} in {file}"
        for name, file in _INSIDE.findall(text(page))
        if re.search(rf"\b{name}\b", _source(ROOT / file)) is None
    ]

    assert missing == []


@every_page
def test_the_settings_that_are_named_exist(page: str) -> None:
    known = {variable.name for variable in variables(Settings)} | {CONFIG, SECRETS_DIR}

    unknown = set(_SETTING.findall(text(page))) - known - {"WAYBILL_"}

    assert unknown == set()


@every_page
def test_the_metrics_that_are_named_exist(page: str) -> None:
    named = _METRIC.findall(text(page))

    assert [name for name in named if f"`{name}`" not in metrics()] == []


@every_page
def test_the_tests_that_are_named_exist(page: str) -> None:
    missing = [
        f"{file}::{test}"
        for file, test in _TEST.findall(text(page))
        if f"\ndef {test}(" not in _source(ROOT / file)
    ]

    assert missing == []


def _source(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""


@every_page
def test_the_targets_of_make_that_are_named_exist(page: str) -> None:
    makefile = text("Makefile")
    named = {name for span in code(page) for name in _TARGET.findall(span)}

    assert [name for name in named if f"\n{name}:" not in makefile] == []


@every_page
def test_the_commands_that_are_named_exist(page: str) -> None:
    spoken = (span.partition("#")[0].split() for span in code(page))
    calls = [words[words.index("waybill") :] for words in spoken if "waybill" in words]

    assert [call for call in calls if not _is_known(call)] == []


def _is_known(call: list[str]) -> bool:
    """Whether its command and its options are there; further words are arguments."""
    command: click.Command = main
    words = iter(call[1:])
    for word in words:
        if word.startswith("--"):
            option = next((one for one in command.params if word in one.opts), None)
            if not isinstance(option, click.Option):
                return False
            if not option.is_flag:
                next(words, None)
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return False
            command = found
    return True


@every_page
def test_the_workers_options_that_are_named_exist(page: str) -> None:
    ours = {name for option in OPTIONS for name in option.opts}
    named = {s for s in code(page) if s.startswith("--without-")}

    assert named <= ours


@every_page
def test_the_tasks_that_are_named_exist(page: str) -> None:
    # A file of that name is spelled alike.
    spelled = re.compile(r"^(?:orders|westcon|deck|ingram)\.(?!py$|lua$)[a-z]+$")
    named = {span for span in code(page) if spelled.match(span)}

    assert named <= set(ROUTES)


def test_a_wrong_command_or_option_is_noticed() -> None:
    assert _is_known(["waybill", "dead-letters", "replay", "--all"])
    assert not _is_known(["waybill", "dead-letters", "revive"])
    assert not _is_known(["waybill", "status", "--jsonn"])


def test_each_promise_names_a_test() -> None:
    page = text("docs/reliability.md")
    held = page.partition("## What holds")[2].partition("## What was measured")[0]
    promises = re.split(r"^\*\*(?=\d+\. )", held, flags=re.MULTILINE)[1:]

    assert len(promises) >= 19
    numbers = [int(promise.partition(".")[0]) for promise in promises]
    assert numbers == sorted(set(numbers))
    found = zip(numbers, promises, strict=True)
    assert [n for n, p in found if not _TEST.search(p)] == []
