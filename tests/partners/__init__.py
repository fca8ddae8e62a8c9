"""The partners over HTTP, met on real sockets."""
