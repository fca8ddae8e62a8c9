--#include time
-- A shape, or every one, is forgotten with its count and samples. What workers have met of it before and report
-- later is left out; it is listed again when it is met again. What was counted for the metrics stays.
--
-- KEYS: the list. ARGV: the shape's id, '' for all; its partner and kind; ms after which it is not remembered that a shape was forgotten.
-- Answers how many shapes were forgotten.
local id, alike = ARGV[1], ARGV[2]

local function number(field) return tonumber(redis.call('HGET', KEYS[1], field) or 0) end

if id == '' then
  local shapes = number('shapes')
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if field ~= 'unlisted' and string.sub(field, 1, 6) ~= 'found:' then redis.call('HDEL', KEYS[1], field) end
  end
  redis.call('HSET', KEYS[1], 'forgotten', NOW)
  return shapes
end

if redis.call('HDEL', KEYS[1], 'shape:' .. id) == 0 then return 0 end
for i = 1, number('samples:' .. id) do
  local field = 'sample:' .. id .. ':' .. i
  redis.call('HINCRBY', KEYS[1], 'bytes', -redis.call('HSTRLEN', KEYS[1], field))
  redis.call('HDEL', KEYS[1], field)
end
for _, field in ipairs({'first:', 'last:', 'count:', 'place:', 'samples:'}) do redis.call('HDEL', KEYS[1], field .. id) end
redis.call('HINCRBY', KEYS[1], 'shapes', -1)
redis.call('HINCRBY', KEYS[1], 'alike:' .. alike, -1)
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 10) == 'forgotten:' and number(field) < NOW - tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], field)
  end
end
redis.call('HSET', KEYS[1], 'forgotten:' .. id, NOW)
return 1
