"""Tests of what comes in at the edge, followed all the way."""
