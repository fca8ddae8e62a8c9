-- Let another worker give of a destination's reserve. One key.
--
-- KEYS: the destination's reserve. ARGV: the token with which it was taken.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
