"""Tests of results as bytes."""
