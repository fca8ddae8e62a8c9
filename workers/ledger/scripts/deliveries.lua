-- New deliveries: how they enter their lanes, and how a newer link replaces an
-- older one.

-- Touch what `n` deliveries of six arguments each, from ARGV[first] on, are about to change: a
-- key of another kind ends the script here, before it has written anything.
local function check_keys(order, first, n)
  redis.call('STRLEN', ROOT .. 'record:' .. order)
  for a = first, first + (n - 1) * 6, 6 do
    redis.call('LLEN', lane_key(order, ARGV[a + 1]))
    redis.call('HEXISTS', ROOT .. 'delivery:' .. ARGV[a], 'state')
  end
end

-- The next number of an order's deliveries to a destination, from 1. Where a receiver sees a gap,
-- one was given up or is still to come.
local function next_number(order, destination)
  return redis.call('HINCRBY', ROOT .. 'order:' .. order, 'made:' .. destination, 1)
end

-- Put one delivery at the end of its lane; answers its fence when it is leased at
-- once. An id that is already there is the same delivery and stays as it is.
local function enter(order, id, destination, kind, payload, seq, direct, cap, lease)
  local ref = 'delivery:' .. id
  if redis.call('EXISTS', ROOT .. ref) == 1 then return nil end
  redis.call('HSET', ROOT .. ref, 'state', 'lane', 'fence', 0, 'tries', 0, 'destination',
    destination, 'order', order, 'kind', kind, 'payload', payload, 'seq', seq, 'at', NOW, 'open', 1)
  redis.call('HINCRBY', ROOT .. 'order:' .. order, 'open', 1)
  if kind ~= 'link' then
    redis.call('HSET', ROOT .. ref, 'number', next_number(order, destination))
  end
  if redis.call('RPUSH', lane_key(order, destination), ref) > 1 then return nil end
  return start(ref, destination, direct, cap, lease)
end

-- Latest wins.
local function supersede(order, destination, retention, cap)
  for _, ref in ipairs(redis.call('LRANGE', lane_key(order, destination), 0, -1)) do
    replace_link(ref, order, retention, cap)
  end
end

-- Read `n` deliveries of six arguments each from ARGV, enter them, and answer
-- {destination, ref, fence, …} of those that are leased at once.
local function enter_all(order, seq, first, n, lease, retention, log_cap)
  local leased = {}
  for i = 0, n - 1 do
    local a = first + i * 6
    local id, destination, kind, payload = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
    local direct, cap = ARGV[a + 4] == '1', tonumber(ARGV[a + 5])
    if kind == 'link' and redis.call('EXISTS', ROOT .. 'delivery:' .. id) == 0 then
      supersede(order, destination, retention, log_cap)
    end
    local fence = enter(order, id, destination, kind, payload, seq, direct, cap, lease)
    if fence then
      leased[#leased + 1] = destination
      leased[#leased + 1] = 'delivery:' .. id
      leased[#leased + 1] = fence
    end
  end
  return leased
end
