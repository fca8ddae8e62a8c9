--#include time
-- One look at how far the ledger has come. Each look raises its version, and leaves it under the name of
-- who looked: what was read from an older file, or from one that was cut, lacks looks that were answered.
--
-- KEYS: the marks. ARGV: who looks.
-- Answers {version now, version that this one's look before left ('' for none), UTC ms of the look before,
--   whoever's ('' for none), UTC ms now, UTC ms at which a person accepted the ledger ('' for never)}.
local KEY, WHO = KEYS[1], ARGV[1]
local before = redis.call('HMGET', KEY, WHO, 'at', 'accepted', 'version')
local version = tonumber(before[4] or 0) + 1
local text = string.format('%d', version)
local marks = {KEY, 'version', text, WHO, text, 'at', string.format('%d', NOW)}
if type(redis.pcall('HSET', unpack(marks))) == 'table' then
  -- A full Redis refuses a script whose first write may need memory.
  redis.call('HDEL', KEY, '')
  redis.call('HSET', unpack(marks))
end

-- Who was killed takes nothing back. A mark this old shows nothing that the version does not show.
if version % 1000 == 0 then
  local all = redis.call('HGETALL', KEY)
  for n = 1, #all, 2 do
    local name, left = all[n], tonumber(all[n + 1])
    if name ~= 'version' and name ~= 'at' and version - left > 1000000 then redis.call('HDEL', KEY, name) end
  end
end
return {version, before[1] or '', before[2] or '', string.format('%d', NOW), before[3] or ''}
