--#include time
--#include items
--#include standing
-- Some of the destinations of a partition that have work, disabled ones too, from a place on. Whoever
-- comes again with the place that was answered has seen each of them once the place is '0'.
--
-- On demand they are put in order: one without work is forgotten until the next work names it, and Release
-- looks at the others when something is due there. An older release's work is known by this alone.
--
-- ARGV: place, '0' at first; about how many, 1 to put them in order.
-- Answers {next place, then eight of each: five as in standing, items that are due now or later, ms for
--   which the first of them has been due, 1 for a disabled one}.
local page = redis.call('SSCAN', ROOT .. 'destinations', ARGV[1], 'COUNT', ARGV[2])
local seen = {page[1]}

local function put_in_order(destination, at)
  local look = tonumber(redis.call('ZSCORE', ROOT .. 'next', destination) or 'inf')
  -- A worker may have put its look off, by a second at most.
  if look > math.max(at, NOW + 1000) then redis.call('ZADD', ROOT .. 'next', at, destination) end
end

for _, destination in ipairs(page[2]) do
  local due, leased = heads(destination)
  local parked = is_parked(destination)
  if due or leased then
    describe(seen, destination, due)
    seen[#seen + 1] = redis.call('ZCARD', due_key(destination))
    seen[#seen + 1] = math.max(0, NOW - (due or NOW))
    seen[#seen + 1] = parked and 1 or 0
    if ARGV[3] == '1' and not parked then put_in_order(destination, earlier(due, leased)) end
  elseif ARGV[3] == '1' then
    forget(destination)
  end
end
return seen
