-- What the scripts share. ROOT is the partition's prefix, '{wb:<p>}:'. An item is
-- the hash at ROOT .. ref, and ref is 'order:<number>' (a watch) or
-- 'delivery:<id>'. The keys and fields have their glossary in glossary.py.
local ROOT = KEYS[1]
local DEAD = ROOT .. 'dead'

local function due_key(destination) return ROOT .. 'due:' .. destination end
local function leased_key(destination) return ROOT .. 'leased:' .. destination end

-- The order's number may hold any character, so its length goes first.
local function lane_key(order, destination)
  return ROOT .. 'lane:' .. #order .. ':' .. order .. destination
end

local function count(name) redis.call('HINCRBY', ROOT .. 'counts', name, 1) end

-- One send of which nobody knows whether it arrived, and what leaves it in doubt.
local function count_ambiguous(cause)
  count('ambiguous')
  count('ambiguous:' .. cause)
end

-- An item as the timeline of its order names it.
local function short(ref)
  if string.sub(ref, 1, 9) == 'delivery:' then return 'd' .. string.sub(ref, 10) end
  if string.sub(ref, 1, 6) == 'order:' then return 'w' end
  local partner = string.match(ref, '^watch:([^:]*):')
  return partner and 'w' .. partner or 'r' .. ref
end

-- One entry of an order's timeline: six bytes of ms, a code and its texts, joined by a byte that no text
-- has. The codes, and what a worker has encoded, are those of serializers/timeline.
--
-- A timeline that starts after its order's watch has ended must not stay for ever. One that would start after
-- its order is gone is read by nobody, and is not begun.
-- A key of another kind in its place costs the entry, not what it is about.
local function note(order, cap, code, ...)
  if code == '' then return end
  local texts = {...}
  for n = 1, select('#', ...) do texts[n] = texts[n] or '' end
  local key = ROOT .. 'log:' .. order
  local entry = struct.pack('>I6', NOW) .. code .. table.concat(texts, '\255')
  local length = redis.pcall('RPUSH', key, entry)
  if type(length) == 'table' then return end
  if length > cap then redis.call('LTRIM', key, -cap, -1) end
  if length > 1 then return end
  local life = redis.call('PTTL', ROOT .. 'order:' .. order)
  if life == -2 then redis.call('DEL', key) end
  if life >= 0 then redis.call('PEXPIRE', key, life) end
end

-- One line of an item's history, which a dead letter shows; 8 KiB are enough for
-- every attempt that counts.
local function record_attempt(ref, line)
  if line == '' then return end
  local history = redis.call('HGET', ROOT .. ref, 'history') or ''
  history = history .. NOW .. ' ' .. line .. '\n'
  if #history > 8192 then
    history = string.sub(history, -8192)
    history = string.sub(history, (string.find(history, '\n', 1, true) or 0) + 1)
  end
  redis.call('HSET', ROOT .. ref, 'history', history)
end

-- Whether nothing is sent at all: the ledger was restored, and a person has to accept it.
local held
local function is_held()
  if held == nil then held = redis.call('EXISTS', ROOT .. 'held') == 1 end
  return held
end

-- Whether nothing may be sent to a destination.
local function is_parked(destination)
  return is_held() or redis.call('SISMEMBER', ROOT .. 'parked', destination) == 1
end

-- Release looks at a destination no later than at this moment; an earlier one stays.
local function look_by(destination, at)
  redis.call('SADD', ROOT .. 'destinations', destination)
  redis.call('ZADD', ROOT .. 'next', 'LT', at, destination)
end

local function make_due(ref, destination, at)
  redis.call('ZREM', leased_key(destination), ref)
  redis.call('ZADD', due_key(destination), at, ref)
  look_by(destination, at)
  redis.call('HSET', ROOT .. ref, 'state', 'due')
end

local function make_leased(ref, destination, lease)
  redis.call('ZREM', due_key(destination), ref)
  redis.call('ZADD', leased_key(destination), NOW + lease, ref)
  look_by(destination, NOW + lease)
  redis.call('HSET', ROOT .. ref, 'state', 'leased')
  return redis.call('HINCRBY', ROOT .. ref, 'fence', 1)
end

-- Lease it at once where the destination has room, else leave it to Release.
-- Answers the fence of a leased item, or nil.
local function start(ref, destination, direct, cap, lease)
  if direct and redis.call('ZCARD', leased_key(destination)) < cap
      and not is_parked(destination) then
    return make_leased(ref, destination, lease)
  end
  make_due(ref, destination, NOW)
end

-- Take an item out of its lane wherever it stands; only when it was the head does
-- the next one become due.
local function leave_lane(ref, order, destination)
  local lane = lane_key(order, destination)
  local was_head = redis.call('LINDEX', lane, 0) == ref
  redis.call('LREM', lane, 1, ref)
  if not was_head then return end
  local head = redis.call('LINDEX', lane, 0)
  if head then make_due(head, destination, NOW) end
end

local function take_out(ref, destination)
  redis.call('ZREM', due_key(destination), ref)
  redis.call('ZREM', leased_key(destination), ref)
  redis.call('ZREM', DEAD, ref)
end

-- One delivery less of an order that has not ended. With the last one, an order that is not watched lives
-- on as long as that delivery's name, or as its record. Its hash may be of another kind, or gone.
local function close(order, retention)
  local key = ROOT .. 'order:' .. order
  local open = redis.pcall('HGET', key, 'open')
  if not open or type(open) == 'table' then return end
  redis.call('HINCRBY', key, 'open', -1)
  local state = redis.call('HGET', key, 'state')
  if tonumber(open) > 1 or (state and state ~= 'ended') then return end
  local life = math.max(retention, redis.call('PTTL', ROOT .. 'record:' .. order))
  for _, one in ipairs({key, ROOT .. 'log:' .. order}) do
    if redis.call('PTTL', one) == -1 then redis.call('PEXPIRE', one, life) end
  end
end

-- The end of a delivery: its payload goes, its name stays for the retention so
-- that the same id is known to be done.
local function finish(ref, state, retention)
  local item = redis.call('HMGET', ROOT .. ref, 'destination', 'order', 'open')
  take_out(ref, item[1])
  redis.call('HDEL', ROOT .. ref, 'payload', 'run', 'why', 'code')
  redis.call('HSET', ROOT .. ref, 'state', state)
  redis.call('PEXPIRE', ROOT .. ref, retention)
  leave_lane(ref, item[2], item[1])
  if item[3] == '1' then
    redis.call('HSET', ROOT .. ref, 'open', 0)
    close(item[2], retention)
  end
  count(state)
end

-- Give an item up. Where a destination holds, the dead letter stays at its lane's head and those
-- behind it wait until it is replayed or discarded; else the next one goes on.
local function bury(ref, why, code, holds)
  local item = redis.call('HMGET', ROOT .. ref, 'destination', 'order')
  take_out(ref, item[1])
  redis.call('HSET', ROOT .. ref, 'state', 'dead', 'why', why, 'code', code)
  redis.call('ZADD', DEAD, NOW, ref)
  count('dead')
  if holds then return end
  if item[2] then leave_lane(ref, item[2], item[1]) end
end
