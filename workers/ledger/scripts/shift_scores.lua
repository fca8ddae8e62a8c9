--#include time
-- Moments that Redis' clock, set back, has left in the future: they come nearer by as much. A part of them at
-- each run, since there may be very many.
--
-- KEYS: the partition's prefix. ARGV: which sorted set, 'next' or 'due:<destination>' or
--   'leased:<destination>', ms, cursor, members a run.
-- Answers the next cursor, '0' at the end.
local key = KEYS[1] .. ARGV[1]
local found = redis.call('ZSCAN', key, ARGV[3], 'COUNT', ARGV[4])
for n = 1, #found[2], 2 do
  local moment = tonumber(found[2][n + 1])
  if moment > NOW then redis.call('ZADD', key, 'XX', moment - ARGV[2], found[2][n]) end
end
return found[1]
