-- What several scripts do with an order: its record, its watch, its life.

-- The record and the timeline live while the order is watched, then for the retention. The hash, which
-- counts what is made, lives on while a delivery of the order waits, travels or is a dead letter: what is
-- made later must be known as later.
local function keep(order, retention)
  local key = ROOT .. 'order:' .. order
  local item = redis.call('HMGET', key, 'state', 'open')
  local watched = item[1] and item[1] ~= 'ended'
  local function live(one, on)
    if on then redis.call('PERSIST', one) else redis.call('PEXPIRE', one, retention) end
  end
  live(key, watched or tonumber(item[2] or 0) > 0)
  live(ROOT .. 'record:' .. order, watched)
  live(ROOT .. 'log:' .. order, watched)
end

local function write_record(order, record, version)
  redis.call('SET', ROOT .. 'record:' .. order, record)
  redis.call('HSET', ROOT .. 'order:' .. order, 'version', version)
end

-- Have a poll look at the order soon: now, or again when the look that is under way has ended. The mark
-- stays until a look begins, and wins over whatever the one under way comes to. Answers the fence when it
-- is leased at once.
local function look(ref, destination, direct, cap, lease)
  local state = redis.call('HGET', ROOT .. ref, 'state')
  if state == 'leased' or state == 'sending' then
    redis.call('HSET', ROOT .. ref, 'look_again', 1)
    return nil
  end
  redis.call('ZREM', DEAD, ref)
  redis.call('HDEL', ROOT .. ref, 'why', 'code')
  redis.call('HSET', ROOT .. ref, 'destination', destination, 'tries', 0)
  return start(ref, destination, direct, cap, lease)
end

-- End a watch. The fence moves on, so that a poll under way holds nothing.
local function end_watch(ref)
  local item = redis.call('HMGET', ROOT .. ref, 'state', 'destination')
  if not item[1] or item[1] == 'ended' then return end
  take_out(ref, item[2])
  redis.call('HINCRBY', ROOT .. ref, 'fence', 1)
  redis.call('HDEL', ROOT .. ref, 'look_again', 'run', 'why', 'code')
  redis.call('HSET', ROOT .. ref, 'state', 'ended')
end
