"""Acts of people, each with its entry in the audit chain."""
