-- The id of the first entry from a place on, without its bytes. Changes nothing.
--
-- KEYS: the stream. ARGV: the place, as XRANGE takes it. Answers the id, or nil.
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', 1)[1]
return entry and entry[1]
