"""An order's timeline: entries as codes with their texts, and as bytes."""
