-- New deliveries: how they enter their lanes, and how a newer link replaces an
-- older one.

-- The numbers that `n` deliveries of six arguments each, from ARGV[first] on, will go on from are read with
-- the order's other fields.
local function expect_numbers(first, n)
  for a = first, first + (n - 1) * 6, 6 do
    if ARGV[a + 2] ~= 'link' then OF_WATCH[#OF_WATCH + 1] = 'made:' .. ARGV[a + 1] end
  end
end

-- Touch what `n` deliveries of six arguments each, from ARGV[first] on, are about to change: a
-- key of another kind ends the script here, before it has written anything. The lane of one that comes alone
-- is the first that is written.
local lanes = {}
local function check_keys(order, first, n)
  for a = first, first + (n - 1) * 6, 6 do
    local lane = lane_key(order, ARGV[a + 1])
    if ARGV[a + 2] == 'link' then
      lanes[lane] = lanes[lane] or redis.call('LRANGE', lane, 0, -1)
    elseif n > 1 then
      redis.call('LLEN', lane)
    end
    get(ROOT .. 'delivery:' .. ARGV[a], 'state')
  end
  get(ROOT .. 'order:' .. order, 'state')
end

-- What made the deliveries that are entered next: UTC ms at which its event came in, or its question was asked,
-- and its traceparent. Nil where nobody asks.
local made_by = {}

-- An entry's id may be anybody's; what lies further back than a month is no wait.
local function waited()
  local ms = NOW - (made_by.ms or NOW)
  return ms > 0 and ms < 2592000000 and ms or nil
end

-- Put one delivery at the end of its lane; answers its fence when it is leased at
-- once. An id that is already there is the same delivery and stays as it is.
local function enter(order, id, destination, kind, payload, seq, direct, cap, lease)
  local ref, key = 'delivery:' .. id, ROOT .. 'delivery:' .. id
  if get(key, 'state') then return nil end
  local made = {'state', 'lane', 'fence', 0, 'tries', 0, 'destination', destination, 'order', order, 'kind', kind,
    'payload', payload, 'seq', seq, 'at', NOW, 'open', 1}
  for n = 1, #made, 2 do set(key, made[n], made[n + 1]) end
  if waited() then set(key, 'waited', waited()) end
  if made_by.trace then set(key, 'trace', made_by.trace) end
  add(ROOT .. 'order:' .. order, 'open', 1)
  -- The number of the order's notifications to a destination, from 1. Where a receiver sees a gap, one was
  -- given up or is still to come.
  if kind ~= 'link' then set(key, 'number', add(ROOT .. 'order:' .. order, 'made:' .. destination, 1)) end
  if redis.call('RPUSH', lane_key(order, destination), ref) > 1 then return nil end
  return start(ref, destination, direct, cap, lease)
end

-- Latest wins.
local function supersede(order, destination, retention, cap)
  local lane = lane_key(order, destination)
  for _, ref in ipairs(lanes[lane] or redis.call('LRANGE', lane, 0, -1)) do
    replace_link(ref, order, retention, cap)
  end
  lanes[lane] = nil
end

-- Read `n` deliveries of six arguments each from ARGV, enter them, and answer
-- those that are leased at once, see add_leased.
local function enter_all(order, seq, first, n, lease, retention, log_cap)
  local leased = {}
  for i = 0, n - 1 do
    local a = first + i * 6
    local id, destination, kind, payload = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
    local direct, cap = ARGV[a + 4], tonumber(ARGV[a + 5])
    if kind == 'link' and not get(ROOT .. 'delivery:' .. id, 'state') then
      supersede(order, destination, retention, log_cap)
    end
    local fence = enter(order, id, destination, kind, payload, seq, direct, cap, lease)
    if fence then add_leased(leased, destination, 'delivery:' .. id, fence) end
  end
  return leased
end
