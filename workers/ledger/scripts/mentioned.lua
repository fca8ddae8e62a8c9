-- Records of orders, and which of their timelines hold a text. What a timeline holds stays in Redis: to answer all of
-- it costs whoever asks many times what it costs here. Changes nothing.
--
-- KEYS: the partition's prefix. ARGV: the text, then orders, some hundred at most. Answers {record, …}, nil where there is none,
--   and {place, …} of those whose timelines hold it, counted from 0.
local records, places = {}, {}
for n = 2, #ARGV do
  local record = redis.pcall('GET', KEYS[1] .. 'record:' .. ARGV[n])
  records[n - 1] = type(record) == 'string' and record
  local entries = redis.pcall('LRANGE', KEYS[1] .. 'log:' .. ARGV[n], 0, -1)
  for _, entry in ipairs(entries) do
    if string.find(entry, ARGV[1], 1, true) then
      places[#places + 1] = n - 2
      break
    end
  end
end
return {records, places}
