"""Westcon's order status: the question and the reply."""
