"""Ledger: the state of every order and delivery, in Redis, changed only by Lua."""
