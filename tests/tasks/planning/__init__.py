"""What follows from an event or a transition."""
