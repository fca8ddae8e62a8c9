"""HTTP/1.1 with a total deadline, a bounded response and guarded addresses."""
