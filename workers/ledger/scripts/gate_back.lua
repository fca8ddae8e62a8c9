--#include time
-- A gate's moments, after Redis' clock was set back: they come nearer by as much, and none lies further
-- ahead than any pause may.
--
-- KEYS: the gate. ARGV: ms by which the clock was set back, ms of the longest pause.
for _, name in ipairs({'until', 'opened', 'probe', 'paced', 'shut'}) do
  local moment = tonumber(redis.call('HGET', KEYS[1], name) or 0)
  if moment > NOW then
    redis.call('HSET', KEYS[1], name, string.format('%d', math.min(moment - ARGV[1], NOW + ARGV[2])))
  end
end
return 0
