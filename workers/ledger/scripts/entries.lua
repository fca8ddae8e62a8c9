-- Read entries of the stream with every field as it was written, see start.lua. Changes nothing.
--
-- KEYS: the stream. ARGV: ids. Answers {id, {name, value, …}} of each entry that is there.
local found = {}
for _, id in ipairs(ARGV) do
  found[#found + 1] = redis.call('XRANGE', KEYS[1], id, id)[1]
end
return found
