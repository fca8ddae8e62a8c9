"""Tests of `waybill doctor`."""
