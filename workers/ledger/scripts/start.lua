-- Begin to work on pending entries of the stream, which Redis counts, and read them with every field as it
-- was written: a client's own parser makes a map of them, and keeps one of those that have the same name.
-- To start the same entries again is one more start.
--
-- KEYS: the stream. ARGV: group, consumer, 0, then the ids, fewer than 8,000.
-- Answers {id, {name, value, …}} of each entry that is pending and there.
local found = {}
if #ARGV == 3 then return found end
for _, entry in ipairs(redis.call('XCLAIM', KEYS[1], unpack(ARGV))) do
  -- Redis 6.2 answers nil, which is false here, for an entry that was deleted.
  if entry then found[#found + 1] = entry end
end
return found
