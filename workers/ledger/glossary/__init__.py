"""Glossary of the ledger's keys: what each holds, in which fields, how long.

docs/map.md has it as a table. A test runs the product on a real Redis, and holds every
key and every field that is written there against it.
"""
