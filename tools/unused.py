"""Unused names of the product: what only tests keep alive is dead weight.

`python -m tools.unused` prints them, and ends with 1 where there are any. A name of a
module counts as used where its own module reads it, another imports it, or a text is
its dotted name. A field of a dataclass counts as used where any module, or a template
of a page, reads an attribute of that name.
"""

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tools.sizes import PACKAGES

#: What may use the product besides the product itself.
USERS = (*PACKAGES, "benchmarks", "tools")

#: Used by what is no module: Celery, and whoever reads a stand-in's state as the
#: control API writes it down, whole. An event is decoded in two steps, by tests in one.
#: The look at one order is what a partner more begins with; the tests' toy does.
EXEMPT = (
    "workers.celery.app",
    "tasks.polling.watch.watch",
    "sandbox.partners.westcon.orders.OrderState.",
    "serializers.events.decode.decode",
)

#: What a template computes, and the attributes that are read there.
_COMPUTED = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)
_READ = re.compile(r"\.(\w+)")

Modules = Mapping[str, ast.Module]


def modules(root: Path) -> dict[str, ast.Module]:
    """The tree of each module that may use something, by its dotted name."""
    paths = (path for name in USERS for path in sorted((root / name).rglob("*.py")))
    return {
        _dotted(p.relative_to(root)): ast.parse(p.read_text("utf-8")) for p in paths
    }


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def templated(root: Path) -> set[str]:
    """Attributes that templates read."""
    paths = (path for name in PACKAGES for path in (root / name).rglob("*.html"))
    computed = (one for p in paths for one in _COMPUTED.findall(p.read_text("utf-8")))
    return {name for one in computed for name in _READ.findall(one)}


def unused(trees: Modules, shown: Collection[str] = ()) -> list[str]:
    """Names of modules and fields of dataclasses that nothing uses, dotted.

    Args:
        trees: of the modules.
        shown: attributes that are read elsewhere, see `templated`.
    """
    used, read = set(_imported(trees)), _attributes(trees).union(shown)
    found: list[str] = []
    for module, tree in trees.items():
        if module.partition(".")[0] in PACKAGES:
            names = (f"{module}.{name}" for name in _unread(tree))
            found += [name for name in names if name not in used]
            found += [f"{module}.{of}.{f}" for of, f in _fields(tree) if f not in read]
    return [name for name in found if not name.startswith(EXEMPT)]


def _imported(trees: Modules) -> Iterator[str]:
    """What is imported, read as a module's attribute, or named in a text; dotted."""
    for tree in trees.values():
        places: dict[str, str] = {}
        read: list[tuple[str, str]] = []
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module=str(module), names=names):
                    for name in names:
                        places[name.asname or name.name] = f"{module}.{name.name}"
                        yield f"{module}.{name.name}"
                case ast.Import(names=names):
                    places |= {name.asname or name.name: name.name for name in names}
                case ast.Attribute(value=ast.Name(id=name), attr=attr):
                    read.append((name, attr))
                case ast.Constant(value=str(text)) if "." in text:
                    yield text  # what is loaded by its name
        yield from (f"{places.get(name, name)}.{attr}" for name, attr in read)


def _attributes(trees: Modules) -> set[str]:
    """Every attribute that is read somewhere, by its plain name."""
    read: set[str] = set()
    for tree in trees.values():
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(attr=attr, ctx=ast.Load()):
                    read.add(attr)
                case ast.MatchClass(kwd_attrs=names):
                    read.update(names)
    return read


def _unread(tree: ast.Module) -> Iterator[str]:
    """The names that a module makes and does not read outside of their making."""
    for made in tree.body:
        name, others = _made(made), (other for other in tree.body if other is not made)
        if not name.startswith("__") and not any(_reads(one, name) for one in others):
            yield name


def _made(node: ast.stmt) -> str:
    """The name that a statement makes; a decorated function is its decorator's."""
    match node:
        case (
            ast.FunctionDef(name=name, decorator_list=[])
            | ast.ClassDef(name=name)
            | ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
        ):
            return name
    return "__none__"


def _reads(tree: ast.stmt, name: str) -> bool:
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        for node in ast.walk(tree)
    )


def _fields(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Class and field of each dataclass."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _is_dataclass(node):
            for part in node.body:
                match part:
                    case ast.AnnAssign(target=ast.Name(id=name)):
                        yield node.name, name


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(one) for one in node.decorator_list)


def main() -> int:
    """Print them, and answer the exit code."""
    root = Path(__file__).parents[1]
    found = unused(modules(root), templated(root))
    for name in found:
        sys.stdout.write(f"{name} is used by tests alone, or by nothing\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
