"""Spans of orders, for OpenTelemetry."""
