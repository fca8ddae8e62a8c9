--#include time
--#include items
-- A person opens a gate for one call now: what it is answered decides, as after a breaker. Release looks at once. The
-- gate is of another slot, as in admit.lua.
--
-- ARGV: destination, the gate's key; on a Cluster '' in its place, and what was answered there. Answers 'opened', or 'open'
--   where it was not closed.
look_by(ARGV[1], NOW)
flush()
if ARGV[2] == '' then return ARGV[3] end
local gate = redis.call('HMGET', ARGV[2], 'until', 'open', 'probe')
if tonumber(gate[1] or 0) <= NOW and not (gate[2] and tonumber(gate[3] or 0) > NOW) then return 'open' end
redis.call('HSET', ARGV[2], 'until', NOW, 'open', 1)
redis.call('HDEL', ARGV[2], 'probe')
return 'opened'
