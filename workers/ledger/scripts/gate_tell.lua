--#include time
-- What a call taught about its destination. One key.
--
-- KEYS: the gate. ARGV: 'look' (nothing was learnt), 'served', 'failed', 'close' or 'unused' (a
--   probe that was granted found nothing to do); for 'failed' the failures in a row that open
--   the breaker and the ms it stays open; for 'close' the ms nobody may call, why not, and 1 when
--   one call is to go first afterwards, as after a breaker.
-- Answers the ms for which the gate is now closed, 0 when it is open; to a look at a half-open
--   gate 1, since only a probe may call.
local verdict = ARGV[1]
if verdict == 'look' then
  local gate = redis.call('HMGET', KEYS[1], 'until', 'open')
  return math.max(gate[2] and 1 or 0, tonumber(gate[1] or 0) - NOW)
end
if verdict == 'served' then
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  redis.call('HDEL', KEYS[1], 'failures', 'open', 'probe')
  local closed = tonumber(redis.call('HGET', KEYS[1], 'until') or 0)
  return math.max(0, closed - NOW)
end

local closed = tonumber(redis.call('HGET', KEYS[1], 'until') or 0)
if verdict == 'unused' then
  redis.call('HDEL', KEYS[1], 'probe')
  return math.max(0, closed - NOW)
elseif verdict == 'close' then
  local asked = NOW + tonumber(ARGV[2])
  -- Of two reasons the one that holds longer is told.
  if asked >= closed then redis.call('HSET', KEYS[1], 'until', asked, 'why', ARGV[3] or '') end
  closed = math.max(closed, asked)
  if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'open', 1) end
  -- If this was the probe's answer, the next may go when the wait is over.
  redis.call('HDEL', KEYS[1], 'probe')
else
  local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
  local open = redis.call('HGET', KEYS[1], 'open')
  if (open or failures >= tonumber(ARGV[2])) and closed <= NOW then
    closed = NOW + tonumber(ARGV[3])
    redis.call('HSET', KEYS[1], 'open', 1, 'until', closed)
    redis.call('HDEL', KEYS[1], 'probe', 'why')
  end
end
-- An hour after the last word a destination starts with a clean slate.
redis.call('PEXPIRE', KEYS[1], math.max(0, closed - NOW) + 3600000)
return math.max(0, closed - NOW)
