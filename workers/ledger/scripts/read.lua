--#include entry_size
--#include stream_group
-- Read the ids of new entries, which become pending for a consumer; their bytes stay here. One by one, since
-- Redis reads a whole entry to know its id, and any of them may be large.
--
-- KEYS: the stream. ARGV: group, consumer, most entries, most bytes that Redis reads for them.
-- Answers {id up to which the group has read, or '' where there may be more, id, …}.
local answer, room = {''}, tonumber(ARGV[4])
local is_over = false
while #answer <= tonumber(ARGV[3]) and room > 0 do
  local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', 1, 'STREAMS', KEYS[1], '>')
  if not read then
    is_over = true
    break
  end
  local entry = read[1][2][1]
  answer[#answer + 1] = entry[1]
  room = room - size_of(entry)
end
if #answer == 1 then
  answer[1] = stream_group(ARGV[1])['last-delivered-id']
elseif is_over then
  answer[1] = answer[#answer]
end
return answer
