"""Tests of the `waybill` command."""
