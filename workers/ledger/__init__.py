"""The truth about every order and delivery, in Redis, changed only by Lua."""
