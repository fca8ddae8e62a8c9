--#include entry_size
-- Read entries of the stream from a place on with every field as it was written. Changes nothing.
--
-- KEYS: the stream. ARGV: the place, as XRANGE takes it, most entries, most bytes of an entry. Answers {id, {name, value, …}}
-- of each entry, {id, bytes} of one that is larger.
local most, found = tonumber(ARGV[3]), {}
for n, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])) do
  local size = size_of(entry)
  found[n] = size > most and {entry[1], size} or entry
end
return found
