--#include time
-- What a call taught about its destination. One key.
--
-- KEYS: the gate. ARGV: 'look' (nothing was learnt), 'served', 'failed', 'close' or 'unused' (a
--   probe that was granted found nothing to do); for 'failed' the failures in a row that open
--   the breaker and the ms it stays open; for 'close' the ms nobody may call, why not, and 1 when
--   one call is to go first afterwards, as after a breaker.
-- Answers {ms closed, change, failures in a row, ms shut}. The ms for which the gate is now closed
--   are 0 when it is open, and 1 to a look at a half-open gate, since only a probe may call. The
--   change is 'closed' when this has closed it, or holds it closed for another reason than before;
--   'opened' when this is the first answer since, with the ms between the two; else ''. A probe
--   that fails is no change.
local verdict = ARGV[1]
local gate = redis.call('HMGET', KEYS[1], 'until', 'open', 'failures', 'why', 'shut')
local closed, failures = tonumber(gate[1] or 0), tonumber(gate[3] or 0)
local shut = tonumber(gate[5] or 0)

local function answer(change)
  return {math.max(0, closed - NOW), change, failures, shut > 0 and NOW - shut or 0}
end

if verdict == 'look' then return {math.max(gate[2] and 1 or 0, closed - NOW), '', 0, 0} end
if verdict == 'served' then
  if redis.call('EXISTS', KEYS[1]) == 0 then return answer('') end
  redis.call('HDEL', KEYS[1], 'failures', 'open', 'probe')
  -- A call that began before the gate closed does not open it.
  if shut == 0 or closed > NOW then return answer('') end
  redis.call('HDEL', KEYS[1], 'shut')
  return answer('opened')
end

local why = gate[4]
if verdict == 'unused' then
  redis.call('HDEL', KEYS[1], 'probe')
  return answer('')
elseif verdict == 'close' then
  local asked = NOW + tonumber(ARGV[2])
  -- Of two reasons the one that holds longer is reported.
  if asked >= closed then
    why = ARGV[3] or ''
    redis.call('HSET', KEYS[1], 'until', asked, 'why', why)
  end
  closed = math.max(closed, asked)
  if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'open', 1) end
  -- If this was the probe's answer, the next may go when the wait is over.
  redis.call('HDEL', KEYS[1], 'probe')
else
  failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
  if (gate[2] or failures >= tonumber(ARGV[2])) and closed <= NOW then
    closed, why = NOW + tonumber(ARGV[3]), nil
    redis.call('HSET', KEYS[1], 'open', 1, 'until', closed)
    redis.call('HDEL', KEYS[1], 'probe', 'why')
  end
end
local change = ''
if closed > NOW and (shut == 0 or (why or '') ~= (gate[4] or '')) then
  change = 'closed'
  redis.call('HSETNX', KEYS[1], 'shut', NOW)
end
-- An hour after the last word a destination starts with a clean slate.
redis.call('PEXPIRE', KEYS[1], math.max(0, closed - NOW) + 3600000)
return answer(change)
