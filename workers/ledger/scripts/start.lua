--#include entry_size
-- Begin to work on pending entries of the stream, which Redis counts, and read them with every field as it
-- was written: a client's own parser makes a map of them, and keeps one of those that have the same name.
-- Of a large entry only its size is answered, and those for which an answer has no room are not begun.
-- To start the same entries again is one more start.
--
-- KEYS: the stream. ARGV: group, consumer, most bytes of an entry, of all that are read, then the ids.
-- Answers {how many of the ids were begun, at least one; then {id, {name, value, …}}, or {id, bytes} of a
-- large one, for each that is pending and there}.
local most, room = tonumber(ARGV[3]), tonumber(ARGV[4])
local answer = {0}
for n = 5, #ARGV do
  if room <= 0 then break end
  answer[1] = n - 4
  -- Redis 6.2 answers nil, which is false here, for an entry that was deleted.
  local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[n])[1]
  if entry then
    local size = size_of(entry)
    room = room - size
    answer[#answer + 1] = size > most and {entry[1], size} or entry
  end
end
return answer
