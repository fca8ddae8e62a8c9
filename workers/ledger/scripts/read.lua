--#include entry_size
-- Read the ids of new entries, which become pending for a consumer; their bytes stay here. One by one, since
-- Redis reads a whole entry to know its id, and any of them may be large.
--
-- What a wait of this consumer was given comes first: it is pending, and its answer was skipped.
--
-- KEYS: the stream. ARGV: group, consumer, most entries, most bytes that Redis reads for them, the newest entry
-- that this consumer knows of, or '' where it has not waited.
-- Answers {1 where nothing is left unread, else 0; id, …}.
local answer, room = {0}, tonumber(ARGV[4])
if ARGV[5] ~= '' then
  local given = redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. ARGV[5], '+', ARGV[3], ARGV[2])
  for _, one in ipairs(given) do answer[#answer + 1] = one[1] end
end
while #answer <= tonumber(ARGV[3]) and room > 0 do
  local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', 1, 'STREAMS', KEYS[1], '>')
  if not read then
    answer[1] = 1
    break
  end
  local entry = read[1][2][1]
  answer[#answer + 1] = entry[1]
  room = room - size_of(entry)
end
return answer
