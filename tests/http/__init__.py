"""HTTP on real sockets, well-behaved and not."""
