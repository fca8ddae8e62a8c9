--#include time
--#include items
-- Moments that lie further ahead than any pause or lease may: they come as near as the longest. Of some
-- destinations at each run, from a place on, and of so many items each: the others come at a later round.
--
-- ARGV: place, '0' at first; about how many destinations, ms of the longest pause, of the longest lease,
--   items of each at most.
-- Answers the next place, '0' at the end.
local function pull_in(key, ms)
  local furthest = string.format('%d', NOW + ms)
  local found = redis.call('ZREVRANGEBYSCORE', key, '+inf', '(' .. furthest, 'LIMIT', 0, ARGV[5])
  for _, one in ipairs(found) do redis.call('ZADD', key, 'XX', furthest, one) end
end

local page = redis.call('SSCAN', ROOT .. 'destinations', ARGV[1], 'COUNT', ARGV[2])
for _, destination in ipairs(page[2]) do
  pull_in(due_key(destination), ARGV[3])
  pull_in(leased_key(destination), ARGV[4])
end
pull_in(ROOT .. 'next', ARGV[3])
return page[1]
