"""HTTP/1.1 as the stand-ins serve it, with faults ordered into it."""
