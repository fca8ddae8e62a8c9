"""What is measured beside the goals: one part or one promise each."""
