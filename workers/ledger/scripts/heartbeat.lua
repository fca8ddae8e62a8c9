--#include time
-- A worker reports that it is alive and what it does. Now and then, who has reported nothing for too long is
-- dropped. The whole key ends some time after the last of them.
--
-- KEYS: the workers. ARGV: the worker's token, ms for which its word holds, what it reports, ms for which the
--   key lives, 1 to drop others.
local word = string.format('%d %s', NOW, ARGV[3])
local added = redis.pcall('HSET', KEYS[1], ARGV[1], word)
if type(added) == 'table' then
  -- A full Redis refuses a script whose first write may need memory, and its workers are alive.
  redis.call('HDEL', KEYS[1], ARGV[1])
  added = redis.call('HSET', KEYS[1], ARGV[1], word)
end
if added == 1 or ARGV[5] == '1' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
if ARGV[5] ~= '1' then return end
local reports = redis.call('HGETALL', KEYS[1])
for i = 1, #reports, 2 do
  local ms = tonumber(string.match(reports[i + 1], '^%d+'))
  -- Further ahead it was reported before the clock was set back.
  if not ms or math.abs(NOW - ms) > tonumber(ARGV[2]) then redis.call('HDEL', KEYS[1], reports[i]) end
end
