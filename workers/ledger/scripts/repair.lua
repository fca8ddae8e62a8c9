--#include time
--#include items
--#include links
--#include deliveries
--#include orders
-- Make one repair of a reconciliation, once: its id leaves a mark. The order's watch looks at once ('poll'); or a
-- delivery is made ('link', 'notify'). A notification that has ended is sent again under its own id, so that its
-- receiver knows it; what is under way, or is a dead letter, stays as it is.
--
-- ARGV: the repair's id, 'poll', 'link' or 'notify', order, expected version, timeline entry, timeline cap, lease ms, retention
--   ms of orders, of ended deliveries and of marks, the plan's digest; then the watch as in move_watches, or number of
--   deliveries and six of each as in admit.
-- Answers 'made', 'known' (it was made before), 'stale', 'gone', 'busy' (it is under way) or 'dead'.
local mark, act, order = ROOT .. 'repaired:' .. ARGV[1], ARGV[2], ARGV[3]
local cap, lease, retention = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[9])
if redis.call('EXISTS', mark) == 1 then return 'known' end
local version = tonumber(known(ROOT .. 'order:' .. order, 'version') or nil)
if not version or redis.call('EXISTS', ROOT .. 'record:' .. order) == 0 then return 'gone' end
if version ~= tonumber(ARGV[4]) then return 'stale' end
-- A plan that is older than this, or that has not seen it; what receivers lack of what was told is sent all the same.
local given_up = tonumber(known(ROOT .. 'order:' .. order, 'abandoned') or nil) == version
if given_up and act ~= 'notify' then return 'stale' end

-- A watch whose state names a list in which it does not stand is held by nobody.
local function freed(ref)
  local key = hash_of(ref)
  local state, destination = get(key, 'state'), get(key, 'destination')
  if state == 'dead' then return 'dead' end
  if state ~= 'leased' and state ~= 'sending' then return nil end
  if redis.call('ZSCORE', leased_key(destination), ref) then return nil end
  set(key, 'state', 'ended')
  return nil
end

-- A delivery that has ended goes to its lane's tail again, with all its attempts.
local function send_again(id, destination, kind, payload)
  local ref, key = 'delivery:' .. id, ROOT .. 'delivery:' .. id
  redis.call('PERSIST', key)
  for name, value in pairs({kind = kind, payload = payload, state = 'lane', tries = 0, open = 1}) do
    set(key, name, value)
  end
  -- Whatever became of it before is another's: the ids of its results have the fence.
  add(key, 'fence', 1)
  add(key, 'again', 1)
  drop(key, 'run', 'why', 'code', 'history')
  add(ROOT .. 'order:' .. order, 'open', 1)
  if redis.call('RPUSH', lane_key(order, destination), ref) == 1 then make_due(ref, destination, NOW) end
end

-- What stands in the way of a delivery, nil where nothing does.
local function blocked(id, destination)
  local state = get(ROOT .. 'delivery:' .. id, 'state')
  if state == 'dead' then return 'dead' end
  if state == 'lane' or state == 'due' or state == 'leased' or state == 'sending' then return 'busy' end
  if act == 'link' and redis.call('LLEN', lane_key(order, destination)) > 0 then return 'busy' end
  return nil
end

if act == 'poll' then
  adopted('order:' .. order)
  local why = freed(watch_ref(ARGV[13], order))
  if why then return why end
  move_watches(order, 12, 1, lease, {})
else
  local made = tonumber(ARGV[12])
  check_keys(order, 13, made)
  for a = 13, 13 + (made - 1) * 6, 6 do
    local why = blocked(ARGV[a], ARGV[a + 1])
    if why then return why end
  end
  for a = 13, 13 + (made - 1) * 6, 6 do
    if get(ROOT .. 'delivery:' .. ARGV[a], 'state') then
      send_again(ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3])
    else
      enter_all(order, version, a, 1, lease, retention, cap)
    end
  end
end
note(order, cap, ARGV[5])
redis.call('SET', mark, NOW .. ' ' .. ARGV[11], 'PX', ARGV[10])
count('repaired:' .. act)
keep(order, tonumber(ARGV[8]))
return 'made'
