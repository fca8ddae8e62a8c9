"""Order lines: what one more answer makes of what was known of them."""
