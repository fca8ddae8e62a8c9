--#include entry_size
-- The ids of entries that a consumer has been given by a wait, whose answer was skipped, then of new ones, which
-- become pending for it. One by one, since Redis reads a whole entry to know its id, and any of them may be large.
local function given_to(stream, group, consumer, after, most)
  local ids = {}
  for _, one in ipairs(redis.call('XPENDING', stream, group, '(' .. after, '+', most, consumer)) do
    ids[#ids + 1] = one[1]
  end
  return ids
end

-- Add to `ids`, up to so many of them and bytes that Redis reads. Answers 1 where nothing is left unread, else 0.
local function read_on(ids, stream, group, consumer, most, room)
  while #ids < most and room > 0 do
    local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', 1, 'STREAMS', stream, '>')
    if not read then return 1 end
    local entry = read[1][2][1]
    ids[#ids + 1] = entry[1]
    room = room - size_of(entry)
  end
  return 0
end
