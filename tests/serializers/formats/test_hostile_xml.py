"""Hostile XML is refused, and no file and no connection is opened for it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.details.hostile_xml import hostile_documents
from serializers.deck.reply import decode_reply
from serializers.errors import DecodeError
from tests.serializers.formats.traced_reading import BEGIN, END

ROOT = Path(__file__).parents[3]
DOCUMENTS = hostile_documents()
STRACE = shutil.which("strace")


def traced(outside: Path, trace: Path) -> list[str]:
    """The calls about files, connections and programs of reading it all."""
    calls = "trace=%file,%network,%process"
    strace = (str(STRACE), "-f", "-qq", "-e", calls, "-o", str(trace))
    reader = (sys.executable, "-m", "tests.serializers.formats.traced_reading")
    done = subprocess.run(
        (*strace, *reader, outside.as_uri()),
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    if b"PTRACE" in done.stderr or b"ptrace" in done.stderr:
        pytest.skip("strace may not trace here: ptrace is forbidden")
    assert done.returncode == 0, done.stderr.decode()
    return trace.read_text().splitlines()


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_hostile_document_is_refused(name: str) -> None:
    with pytest.raises(DecodeError) as refused:
        decode_reply(DOCUMENTS[name])

    assert str(refused.value).startswith("DECK reply: ")
    assert len(str(refused.value)) < 120
    assert refused.value.__cause__ is None


@pytest.mark.skipif(STRACE is None, reason="there is no strace on this machine")
def test_no_hostile_document_opens_a_file_or_a_connection(tmp_path: Path) -> None:
    outside = tmp_path / "outside.dtd"
    outside.write_text("<!ELEMENT a EMPTY>")

    lines = traced(outside, tmp_path / "trace")

    [begin] = [n for n, line in enumerate(lines) if BEGIN in line]
    [end] = [n for n, line in enumerate(lines) if END in line]
    opened = [line for line in lines[:begin] if re.search(r"open(at)?\(", line)]
    # The careless parser's look at the same file is in the trace,
    assert any(str(outside) in line for line in opened)
    # and between the marks nothing is.
    assert lines[begin + 1 : end] == []
