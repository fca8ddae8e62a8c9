--#include time
-- A worker reports that it is alive and what it does; who has reported nothing for too long is dropped.
--
-- KEYS: the workers. ARGV: the worker's token, ms for which its word holds, what it reports.
-- Answers how many are alive. The whole key ends with the last of them.
-- A full Redis refuses a script whose first write may need memory, and its workers are alive.
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', NOW, ARGV[3]))
local alive, reports = 0, redis.call('HGETALL', KEYS[1])
for i = 1, #reports, 2 do
  local ms = tonumber(string.match(reports[i + 1], '^%d+'))
  -- Further ahead it was reported before the clock was set back.
  if ms and math.abs(NOW - ms) <= tonumber(ARGV[2]) then
    alive = alive + 1
  else
    redis.call('HDEL', KEYS[1], reports[i])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return alive
