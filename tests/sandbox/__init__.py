"""Tests of the stand-ins: every route, every refusal, every fault on the wire."""
