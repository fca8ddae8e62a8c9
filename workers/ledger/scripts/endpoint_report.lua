--#include time
-- What is known of an endpoint that fails, or is disabled. One key.
--
-- KEYS: the endpoint. ARGV: 'served', 'failed', 'disable', 'marked' or 'enable'; for 'failed' the code, ms of
--   failing after which it is disabled (0: never), warnings on that way, failures that
--   it takes at least, ms after which one failure has nothing to do with the next, 1 when the notification
--   is given up for it, how many given up in a row disable it (0: none); for 'disable' why, the request ('' for a worker's), and
--   a new name for the pause; for 'marked' the name of the pause that every partition has now.
-- Answers {verdict, ms since when it has been failing, failures, given up in a row, the pause that stands or has
--   ended, '' for none}. The verdict on
--   a failure is 'hold' when so many were given up, 'warn' once per step, 'disable' at the end of
--   the way, else 'noted'; where it is disabled, and no one has said that every partition has it, 'unmarked'. To
--   'disable' it is 'disabled' the first time, else 'noted'.
local verdict = ARGV[1]
local known = redis.call('HMGET', KEYS[1], 'disabled', 'failing', 'failures', 'warned', 'given_up',
  'marked', 'pause')
local pause = known[7] or ''

if verdict == 'enable' or (verdict == 'served' and not known[1]) then
  redis.call('DEL', KEYS[1])
  return {'noted', 0, 0, 0, pause}
elseif verdict == 'served' then
  -- A call that began before it was disabled.
  redis.call('HDEL', KEYS[1], 'failing', 'failures', 'code', 'warned', 'given_up')
  return {'noted', 0, 0, 0, pause}
elseif verdict == 'marked' then
  if known[1] and pause == ARGV[2] then redis.call('HSET', KEYS[1], 'marked', 1) end
  return {'noted', 0, 0, 0, pause}
elseif verdict == 'disable' then
  -- The same request again, after a lost answer, has disabled it.
  local again = ARGV[3] ~= '' and redis.call('HGET', KEYS[1], 'run') == ARGV[3]
  if known[1] then return {again and 'disabled' or 'noted', 0, 0, 0, pause} end
  redis.call('HSET', KEYS[1], 'disabled', NOW, 'why', ARGV[2], 'run', ARGV[3], 'pause', ARGV[4])
  redis.call('PERSIST', KEYS[1])
  return {'disabled', 0, 0, 0, ARGV[4]}
end

local failing, failures = tonumber(known[2] or NOW), tonumber(known[3] or 0) + 1
local given_up, most = tonumber(known[5] or 0) + tonumber(ARGV[7]), tonumber(ARGV[8])
redis.call('HSET', KEYS[1], 'failing', failing, 'failures', failures, 'code', ARGV[2],
  'given_up', given_up)

local function answer(what) return {what, failing, failures, given_up, pause} end

-- Whoever disabled it has died, or Redis failed, before all partitions had it.
if known[1] then return answer(known[6] and 'noted' or 'unmarked') end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
if most > 0 and given_up >= most then return answer('hold') end
local after, steps = tonumber(ARGV[3]), tonumber(ARGV[4])
if after == 0 or failures < tonumber(ARGV[5]) then return answer('noted') end
local step = math.floor((NOW - failing) * steps / after)
if step >= steps then return answer('disable') end
if step <= tonumber(known[4] or 0) then return answer('noted') end
redis.call('HSET', KEYS[1], 'warned', step)
return answer('warn')
