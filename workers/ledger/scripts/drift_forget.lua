--#include time
-- A shape, or every one, is forgotten with its count and samples. What workers have met of it before and report
-- later is left out; it is listed again when it is met again. What was counted for the metrics stays.
--
-- The list is an argument, of another slot, as in admit.lua.
--
-- ARGV: the list; the shape's id, '' for all; its partner and kind; ms after which it is not remembered that a shape was forgotten.
-- Answers how many shapes were forgotten.
local LIST, id, alike = ARGV[1], ARGV[2], ARGV[3]

local function number(field) return tonumber(redis.call('HGET', LIST, field) or 0) end

if id == '' then
  local shapes = number('shapes')
  for _, field in ipairs(redis.call('HKEYS', LIST)) do
    if field ~= 'unlisted' and string.sub(field, 1, 6) ~= 'found:' then redis.call('HDEL', LIST, field) end
  end
  redis.call('HSET', LIST, 'forgotten', NOW)
  return shapes
end

if redis.call('HDEL', LIST, 'shape:' .. id) == 0 then return 0 end
for i = 1, number('samples:' .. id) do
  local field = 'sample:' .. id .. ':' .. i
  redis.call('HINCRBY', LIST, 'bytes', -redis.call('HSTRLEN', LIST, field))
  redis.call('HDEL', LIST, field)
end
for _, field in ipairs({'first:', 'last:', 'count:', 'place:', 'samples:'}) do redis.call('HDEL', LIST, field .. id) end
redis.call('HINCRBY', LIST, 'shapes', -1)
redis.call('HINCRBY', LIST, 'alike:' .. alike, -1)
for _, field in ipairs(redis.call('HKEYS', LIST)) do
  if string.sub(field, 1, 10) == 'forgotten:' and number(field) < NOW - tonumber(ARGV[4]) then
    redis.call('HDEL', LIST, field)
  end
end
redis.call('HSET', LIST, 'forgotten:' .. id, NOW)
return 1
