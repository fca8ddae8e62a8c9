"""What the console keeps in Redis: sessions, and attempts to sign in."""
