"""Sizes of modules, folders and functions, held against their limits.

`make sizes` prints them; a limit that is passed ends it with 1. The number of modules
and their median are aims: they are printed, and nothing fails on them.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

#: What is measured: the product with its stand-ins, without tests and tools.
PACKAGES = ("waybill", "workers", "tasks", "serializers", "sandbox")

#: Lines from which on a module is no crumb.
SMALL = 60


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a figure may be, and where it is passed.

    Attributes:
        what: the figure in words.
        most: allowed.
        found: the figure itself.
        places: what passes the limit, where that can be named.
    """

    what: str
    most: float
    found: float
    places: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.found > self.most

    def __str__(self) -> str:
        mark = "PASSED" if self.passed else "ok"
        line = f"{self.what:42} {self.found:8.4g}  at most {self.most:g}  {mark}"
        return "\n".join((line, *(f"    {place}" for place in self.places)))


def modules(root: Path) -> dict[str, str]:
    """Every module's text, by its path; a package's docstring is no module."""
    found = (path for name in PACKAGES for path in (root / name).rglob("*.py"))
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(found)
        if path.name != "__init__.py"
    }


def functions(texts: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Every function's place and lines, docstring included."""
    for path, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{path}:{node.lineno} {node.name}", lines


def percentile(values: Sequence[int], share: float) -> int:
    """By nearest rank; 0 of none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0


def limits(texts: dict[str, str]) -> list[Limit]:
    """Every limit with its figure."""
    sizes = {path: len(text.splitlines()) for path, text in texts.items()}
    # Each folder has its `__init__.py` too.
    folders = Counter(path.rpartition("/")[0] for path in sizes)
    folders.update(list(folders))
    small = sum(lines <= SMALL for lines in sizes.values()) / max(1, len(sizes))
    lengths = dict(functions(texts))
    every = list(lengths.values())
    return [
        _most("longest module, lines", 300, sizes),
        Limit(f"modules of {SMALL} lines or fewer, share", 0.2, small),
        _most("fullest folder, files", 15, folders),
        Limit("functions, median", 8, median(every or [0])),
        Limit("functions, 95th percentile", 25, percentile(every, 0.95)),
        _most("longest function, lines", 50, lengths),
    ]


def _most(what: str, most: int, sizes: dict[str, int] | Counter[str]) -> Limit:
    beyond = sorted((n, place) for place, n in sizes.items() if n > most)
    places = tuple(f"{place}: {n}" for n, place in reversed(beyond))
    return Limit(what, most, max(sizes.values(), default=0), places)


def page(texts: dict[str, str]) -> Iterator[str]:
    """The figures that are aims, package by package."""
    sizes = {path: len(text.splitlines()) for path, text in texts.items()}
    for name in (*PACKAGES, ""):
        some = [n for path, n in sizes.items() if path.startswith(name)]
        if some:
            yield (
                f"{name or 'together':12} {len(some):4} modules {sum(some):6} lines,"
                f" median {median(some):g}, 95th percentile {percentile(some, 0.95)}"
            )


def main(root: Path = Path()) -> int:
    """Print everything; 1 if a limit is passed."""
    texts = modules(root)
    found = limits(texts)
    print("\n".join((*page(texts), *map(str, found))))  # noqa: T201 (what it is for)
    return int(any(limit.passed for limit in found))


if __name__ == "__main__":
    sys.exit(main())
