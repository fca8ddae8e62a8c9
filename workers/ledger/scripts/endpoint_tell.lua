--#include time
-- What is known of an endpoint that fails, or is disabled. One key.
--
-- KEYS: the endpoint. ARGV: 'served', 'failed', 'disable' or 'enable'; for 'failed' the code, ms of
--   failing after which it is disabled (0: never), steps of that way that are told, failures that
--   it takes at least, ms after which one failure says nothing of the next; for 'disable' why.
-- Answers {verdict, ms since when it has been failing, failures}. The verdict on a failure is
--   'warn' once per step, 'disable' at the end of the way, else 'noted'; to 'disable' it is
--   'disabled' the first time, else 'noted'.
local verdict = ARGV[1]
local known = redis.call('HMGET', KEYS[1], 'disabled', 'failing', 'failures', 'warned')

if verdict == 'enable' or (verdict == 'served' and not known[1]) then
  redis.call('DEL', KEYS[1])
  return {'noted', 0, 0}
elseif verdict == 'served' then
  -- A call that began before it was disabled.
  redis.call('HDEL', KEYS[1], 'failing', 'failures', 'code', 'warned')
  return {'noted', 0, 0}
elseif verdict == 'disable' then
  if known[1] then return {'noted', 0, 0} end
  redis.call('HSET', KEYS[1], 'disabled', NOW, 'why', ARGV[2])
  redis.call('PERSIST', KEYS[1])
  return {'disabled', 0, 0}
end

local failing, failures = tonumber(known[2] or NOW), tonumber(known[3] or 0) + 1
redis.call('HSET', KEYS[1], 'failing', failing, 'failures', failures, 'code', ARGV[2])
if known[1] then return {'noted', failing, failures} end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
local after, steps = tonumber(ARGV[3]), tonumber(ARGV[4])
if after == 0 or failures < tonumber(ARGV[5]) then return {'noted', failing, failures} end
local step = math.floor((NOW - failing) * steps / after)
if step >= steps then return {'disable', failing, failures} end
if step <= tonumber(known[4] or 0) then return {'noted', failing, failures} end
redis.call('HSET', KEYS[1], 'warned', step)
return {'warn', failing, failures}
