"""Planning: what follows from an event or a transition."""
