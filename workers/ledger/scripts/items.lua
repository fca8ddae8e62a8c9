-- What the scripts share. ROOT is the partition's prefix, '{wb:<p>}:'. An item is
-- the hash at hash_of(ref), and ref is 'watch:<partner>:<order>' or
-- 'delivery:<id>'. The keys and fields have their glossary in glossary.py.
local ROOT = KEYS[1]
local DEAD = ROOT .. 'dead'

-- The partner and the order of a watch; nil for any other item. No partner's name holds a colon, an
-- order's number may hold anything.
local function watched(ref)
  if string.sub(ref, 1, 6) ~= 'watch:' then return nil end
  local colon = string.find(ref, ':', 7, true)
  if not colon then return nil end
  return string.sub(ref, 7, colon - 1), string.sub(ref, colon + 1)
end

local function watch_ref(partner, order) return 'watch:' .. partner .. ':' .. order end

local function partner_of(destination) return string.match(destination, '^[^/]*') end

-- The partner whose watch is kept in the order's hash: that of the first, which costs an order no key of
-- its own. Further ones have a hash that is called like them. Answers nil before there is any.
local function first_partner(order)
  local destination = redis.pcall('HGET', ROOT .. 'order:' .. order, 'destination')
  return type(destination) == 'string' and partner_of(destination) or nil
end

-- The key of an item's hash.
local function hash_of(ref)
  local partner, order = watched(ref)
  if not partner then return ROOT .. ref end
  local first = first_partner(order)
  if first and first ~= partner then return ROOT .. ref end
  return ROOT .. 'order:' .. order
end

-- Releases before watches carried their partner called the one that there was 'order:<order>'. Whoever
-- meets that name in a list or a hint gives it the new one, where it stands.
local function adopted(ref)
  if string.sub(ref, 1, 6) ~= 'order:' then return ref end
  local order = string.sub(ref, 7)
  local destination = redis.pcall('HGET', ROOT .. ref, 'destination')
  if type(destination) ~= 'string' then return ref end
  local new = watch_ref(partner_of(destination), order)
  for _, list in ipairs({ROOT .. 'due:' .. destination, ROOT .. 'leased:' .. destination, DEAD}) do
    local score = redis.call('ZSCORE', list, ref)
    if score then
      redis.call('ZREM', list, ref)
      redis.call('ZADD', list, score, new)
    end
  end
  return new
end

-- The order of an item, whose hash names it where it is a delivery.
local function order_of(ref, named)
  if named then return named end
  local partner, order = watched(ref)
  return partner and order or string.sub(ref, 7)
end

-- Whether any watch of an order goes on; one that is a dead letter does.
local function is_watched(order)
  local item = redis.pcall('HMGET', ROOT .. 'order:' .. order, 'state', 'watches')
  if item.err then return false end
  if item[1] and item[1] ~= 'ended' then return true end
  for partner in string.gmatch(item[2] or '', '%S+') do
    local state = redis.pcall('HGET', ROOT .. watch_ref(partner, order), 'state')
    if type(state) == 'string' and state ~= 'ended' then return true end
  end
  return false
end

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
  local partner = watched(ref)
  if partner then return 'w' .. partner end
  return 'r' .. ref
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
  local key = hash_of(ref)
  local history = redis.call('HGET', key, 'history') or ''
  history = history .. NOW .. ' ' .. line .. '\n'
  if #history > 8192 then
    history = string.sub(history, -8192)
    history = string.sub(history, (string.find(history, '\n', 1, true) or 0) + 1)
  end
  redis.call('HSET', key, 'history', history)
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
  redis.call('HSET', hash_of(ref), 'state', 'due')
end

local function make_leased(ref, destination, lease)
  redis.call('ZREM', due_key(destination), ref)
  redis.call('ZADD', leased_key(destination), NOW + lease, ref)
  look_by(destination, NOW + lease)
  local key = hash_of(ref)
  redis.call('HSET', key, 'state', 'leased')
  return redis.call('HINCRBY', key, 'fence', 1)
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
  if tonumber(open) > 1 or is_watched(order) then return end
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
  local key = hash_of(ref)
  local item = redis.call('HMGET', key, 'destination', 'order')
  take_out(ref, item[1])
  redis.call('HSET', key, 'state', 'dead', 'why', why, 'code', code)
  redis.call('ZADD', DEAD, NOW, ref)
  count('dead')
  if holds then return end
  if item[2] then leave_lane(ref, item[2], item[1]) end
end
