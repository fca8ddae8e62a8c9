--#include entry_size
-- Read entries of the stream with every field as it was written, see start.lua. Changes nothing.
--
-- KEYS: the stream. ARGV: most bytes of an entry, then ids. Answers {id, {name, value, …}} of each entry
-- that is there, {id, bytes} of one that is larger.
local most, found = tonumber(ARGV[1]), {}
for n = 2, #ARGV do
  local entry = redis.call('XRANGE', KEYS[1], ARGV[n], ARGV[n])[1]
  if entry then
    local size = size_of(entry)
    found[#found + 1] = size > most and {entry[1], size} or entry
  end
end
return found
