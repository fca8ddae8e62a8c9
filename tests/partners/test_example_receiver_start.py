"""The example receiver of the documentation starts and ends as its users expect."""

import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.partners.example_receiver import PATH, SECRET, module, running


@pytest.mark.parametrize("held", ["", "\n\n", "whsec_\n", f"{SECRET}\nwhsec_A\n"])
def test_a_file_without_usable_secrets_ends_it_at_once(
    tmp_path: Path, held: str
) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text(held)

    ended = subprocess.run(
        [sys.executable, PATH, "--secrets", secrets, "--port", "0"],
        capture_output=True,
        cwd=tmp_path,
        timeout=20,
        check=False,
    )

    assert ended.returncode == 1


def test_a_secret_may_hold_blanks(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text("one secret\r\n\nanother one")

    assert module().secrets_of(secrets) == ["one secret", "another one"]


def test_sixty_callers_at_once_are_let_in(tmp_path: Path) -> None:
    example = module()
    inbox = example.Inbox(tmp_path / "inbox.sqlite3")

    with (
        closing(inbox),
        example.Receiver(0, [SECRET], inbox) as receiver,
        ExitStack() as callers,
    ):
        place = receiver.server_address
        for _ in range(60):
            callers.enter_context(socket.create_connection(place, timeout=5))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ignored", [(), (signal.SIGINT,)], ids=["", "in background"])
def test_both_signals_end_it_quietly_even_in_the_background(
    tmp_path: Path, number: signal.Signals, ignored: tuple[signal.Signals, ...]
) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text(SECRET)
    inbox = tmp_path / "inbox.sqlite3"

    with running(inbox, secrets, ignored) as (process, _):
        process.send_signal(number)
        code = process.wait(20)

    assert code == 0


def test_a_port_in_use_is_reported_without_a_traceback(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text(SECRET)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])

        ended = subprocess.run(
            [sys.executable, PATH, "--secrets", secrets, "--port", port],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=20,
            check=False,
        )

    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr
