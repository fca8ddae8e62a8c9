--#include time
--#include items
-- A person opens a gate for one call now: what it is answered decides, as after a breaker. Release looks at once. What has
-- met the closed gate comes again when its own pause is over, so that the first of it is made due: else no call would go.
-- The gate is of another slot, as in admit.lua.
--
-- ARGV: destination, 1 where it was opened with a partition before, the gate's key; on a Cluster '' in its place, and what was
--   answered there. Answers 'opened', or 'open' where it was not closed.
local function opened()
  local first = redis.call('ZRANGE', ROOT .. 'due:' .. ARGV[1], 0, 0)[1]
  if first and has_due(ARGV[1]) == 0 then make_due(first, ARGV[1], NOW) end
  flush()
end

look_by(ARGV[1], NOW)
flush()
if ARGV[2] == '1' then opened() end
if ARGV[3] == '' then
  if ARGV[4] == 'opened' then opened() end
  return ARGV[4]
end
local gate = redis.call('HMGET', ARGV[3], 'until', 'open', 'probe')
if tonumber(gate[1] or 0) <= NOW and not (gate[2] and tonumber(gate[3] or 0) > NOW) then return 'open' end
redis.call('HSET', ARGV[3], 'until', NOW, 'open', 1)
redis.call('HDEL', ARGV[3], 'probe')
opened()
return 'opened'
