"""A port of the loopback that nobody listens on."""

import socket


def free_port() -> int:
    """One that was free just now; somebody else may be quicker to take it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
