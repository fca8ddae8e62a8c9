-- What several scripts do with an order: its record, its watches, its life.

-- The record and the timeline live while the order is watched, then for the retention. The hash, which
-- counts what is made, lives on while a delivery of the order waits, travels or is a dead letter: what is
-- made later must be known as later.
local function keep(order, retention)
  local key = ROOT .. 'order:' .. order
  local item = redis.call('HMGET', key, 'open', 'watches')
  local goes_on = is_watched(order)
  local function live(one, on)
    if on then redis.call('PERSIST', one) else redis.call('PEXPIRE', one, retention) end
  end
  live(key, goes_on or tonumber(item[1] or 0) > 0)
  live(ROOT .. 'record:' .. order, goes_on)
  live(ROOT .. 'log:' .. order, goes_on)
  for partner in string.gmatch(item[2] or '', '%S+') do
    live(ROOT .. watch_ref(partner, order), goes_on)
  end
end

local function write_record(order, record, version)
  redis.call('SET', ROOT .. 'record:' .. order, record)
  redis.call('HSET', ROOT .. 'order:' .. order, 'version', version)
end

-- Note on the order that a further partner watches it.
local function know_watch(partner, order)
  local key = ROOT .. 'order:' .. order
  local known = redis.call('HGET', key, 'watches') or ''
  if string.find(' ' .. known, ' ' .. partner .. ' ', 1, true) then return end
  redis.call('HSET', key, 'watches', known .. partner .. ' ')
end

-- Have a partner look at the order soon: now, or again when the look that is under way has ended. The
-- mark stays until a look begins, and wins over whatever the one under way comes to. Answers the fence
-- when it is leased at once.
local function look(ref, destination, direct, cap, lease)
  local partner, order = watched(ref)
  local first = first_partner(order)
  local key = hash_of(ref)
  local item = redis.call('HMGET', key, 'state', 'destination')
  if item[1] == 'leased' or item[1] == 'sending' then
    redis.call('HSET', key, 'look_again', 1)
    return nil
  end
  redis.call('ZREM', DEAD, ref)
  -- Where it is watched may have changed since.
  if item[2] and item[2] ~= destination then take_out(ref, item[2]) end
  redis.call('HDEL', key, 'why', 'code')
  redis.call('HSET', key, 'destination', destination, 'tries', 0)
  if first and first ~= partner then know_watch(partner, order) end
  return start(ref, destination, direct, cap, lease)
end

-- End a watch. The fence moves on, so that a look under way holds nothing.
local function end_watch(ref)
  local key = hash_of(ref)
  local item = redis.call('HMGET', key, 'state', 'destination')
  if not item[1] or item[1] == 'ended' then return end
  take_out(ref, item[2])
  redis.call('HINCRBY', key, 'fence', 1)
  redis.call('HDEL', key, 'look_again', 'run', 'why', 'code')
  redis.call('HSET', key, 'state', 'ended')
end

-- Move `n` watches of an order, five arguments each from ARGV on: 'start', 'look' (as long as it has not
-- ended) or 'end', the partner, the destination, its direct flag and its cap. What is leased at once is
-- added to `leased` as {destination, ref, fence, …}.
local function move_watches(order, first, n, lease, leased)
  if n == 0 then return end
  adopted('order:' .. order)
  for a = first, first + (n - 1) * 5, 5 do
    local move, ref, destination = ARGV[a], watch_ref(ARGV[a + 1], order), ARGV[a + 2]
    local state = redis.call('HGET', hash_of(ref), 'state')
    if move == 'start' or (move == 'look' and state and state ~= 'ended') then
      local fence = look(ref, destination, ARGV[a + 3] == '1', tonumber(ARGV[a + 4]), lease)
      if fence then
        leased[#leased + 1] = destination
        leased[#leased + 1] = ref
        leased[#leased + 1] = fence
      end
    elseif move == 'end' then
      end_watch(ref)
    end
  end
end
