--#include time
-- May calls start now? One key, so that it runs anywhere in a cluster.
--
-- KEYS: the gate. ARGV: calls wanted, ms between calls by the rate limit (0: none), burst, ms a
--   probe may take.
-- Answers {calls granted, ms until it is worth asking again, failures in a row}.
local want, interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local gate = redis.call('HMGET', KEYS[1], 'until', 'open', 'probe', 'failures', 'paced')
local closed_until, failures = tonumber(gate[1] or 0), tonumber(gate[4] or 0)
if closed_until > NOW then return {0, closed_until - NOW, failures} end
if gate[2] then
  -- Half open: one probe over all workers; if its worker dies, another may try.
  local probe = tonumber(gate[3] or 0)
  if probe > NOW then return {0, probe - NOW, failures} end
  redis.call('HSET', KEYS[1], 'probe', NOW + tonumber(ARGV[4]))
  return {1, 0, failures}
end
if interval == 0 then return {want, 0, failures} end

-- The moment up to which calls are spoken for; it may run ahead by one burst.
local paced = math.max(tonumber(gate[5] or 0), NOW)
-- An interval need not be whole (7 calls a minute), and beside NOW a double keeps but a few
-- places behind the point, so subtract first: NOW + interval - NOW may be less than interval.
local free = math.floor(burst - (paced - NOW) / interval)
local granted = math.max(0, math.min(want, free))
paced = paced + granted * interval
redis.call('HSET', KEYS[1], 'paced', paced)
if redis.call('PTTL', KEYS[1]) < paced - NOW then
  redis.call('PEXPIRE', KEYS[1], math.ceil(paced - NOW) + 60000)
end
return {granted, math.max(1, math.ceil(paced - NOW - interval * (burst - 1))), failures}
