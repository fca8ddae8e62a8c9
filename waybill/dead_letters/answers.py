"""Answers of acts on dead letters: printed when the acts end, whatever ends them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from waybill.console import plain, print_json
from waybill.dead_letters import view


@contextmanager
def printed(*, as_json: bool) -> Iterator[dict[str, str]]:
    """What was answered to each letter, by id, which the block fills.

    It is printed too where Redis fails, a few fail that went first, or somebody
    interrupts the command: what was done then is done.
    """
    answers: dict[str, str] = {}
    try:
        yield answers
    except BaseException:
        if answers:
            _print(answers, as_json=as_json)
        raise
    _print(answers, as_json=as_json)


def _print(answers: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json([{"id": id_, "result": result} for id_, result in answers.items()])
        return
    for id_, result in answers.items():
        click.echo(f"{plain(id_)}  {view.ANSWERS.get(result, result)}")
    if not answers:
        click.echo("There are no such dead letters.")
    elif len(answers) > 10:  # noqa: PLR2004 - more than one looks through
        counts = Counter(answers.values()).most_common()
        total = ", ".join(f"{n:,} {word}" for word, n in counts)
        click.echo(total, err=True)
