"""Connections to Redis, its clock, and whether it is fit."""
