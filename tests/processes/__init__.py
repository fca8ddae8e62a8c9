"""Real workers on real Redis and real sockets, killed, frozen and cut off."""
