--#include entry_size
-- Begin to work on pending entries of the stream, which Redis counts, and read them with every field as it
-- was written: a client's own parser makes a map of them, and keeps one of those that have the same name.
-- Of a large entry only its size is answered, and those for which an answer has no room are not begun.
-- To start the same entries again is one more start.
--
-- An entry that was started so often that it is to be begun alone is not begun here, see start_alone.lua.
--
-- KEYS: the stream. ARGV: group, consumer, most bytes of an entry, of all that are read, starts of an entry
-- beside others, then the ids.
-- Answers {how many of the ids were looked at, at least one; {{id, starts}, …} of those to be begun alone; then
-- {id, {name, value, …}}, or {id, bytes} of a large one, for each that is pending and there}.
local most, room, beside = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local starts = {}

-- Redis counts the reading as the first delivery.
local function look(from, to, count)
  for _, one in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], from, to, count)) do starts[one[1]] = one[4] - 1 end
end

-- They were read together: most often one look shows them all.
look(ARGV[6], ARGV[#ARGV], #ARGV - 5)
local answer = {0, {}}
for n = 6, #ARGV do
  if room <= 0 then break end
  local id = ARGV[n]
  answer[1] = n - 5
  if not starts[id] then look(id, id, 1) end
  if (starts[id] or 0) >= beside then
    table.insert(answer[2], {id, starts[id]})
  else
    -- Redis 6.2 answers nil, which is false here, for an entry that was deleted.
    local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)[1]
    if entry then
      local size = size_of(entry)
      room = room - size
      answer[#answer + 1] = size > most and {entry[1], size} or entry
    end
  end
end
return answer
