-- What the scripts share. ROOT is the partition's prefix, '{wb:<p>}:'. An item is
-- the hash at hash_of(ref), and ref is 'watch:<partner>:<order>' or
-- 'delivery:<id>'. The keys and fields have their glossary in glossary.py.
local ROOT = KEYS[1]
local DEAD = ROOT .. 'dead'
local FAILING = ROOT .. 'failing'

--#include writes

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
  local destination = known(ROOT .. 'order:' .. order, 'destination')
  return destination and partner_of(destination) or nil
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
  local destination = known(ROOT .. ref, 'destination')
  if not destination then return ref end
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
  local key = ROOT .. 'order:' .. order
  local first = known(key, 'state')
  if first and first ~= 'ended' then return true end
  for partner in string.gmatch(known(key, 'watches') or '', '%S+') do
    local state = known(ROOT .. watch_ref(partner, order), 'state')
    if state and state ~= 'ended' then return true end
  end
  return false
end

local function due_key(destination) return ROOT .. 'due:' .. destination end
local function leased_key(destination) return ROOT .. 'leased:' .. destination end

-- The order's number may hold any character, so its length goes first.
local function lane_key(order, destination)
  return ROOT .. 'lane:' .. #order .. ':' .. order .. destination
end

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

-- One line of an item's history, which a dead letter shows; 8 KiB are enough for
-- every attempt that counts.
local function record_attempt(ref, line)
  if line == '' then return end
  local key = hash_of(ref)
  local history = get(key, 'history') or ''
  history = history .. NOW .. ' ' .. line .. '\n'
  if #history > 8192 then
    history = string.sub(history, -8192)
    history = string.sub(history, (string.find(history, '\n', 1, true) or 0) + 1)
  end
  set(key, 'history', history)
end

-- Whether nothing is sent at all: the ledger was restored, and a person has to accept it.
-- A script that reads the mark with others sets it.
local held
local function is_held()
  if held == nil then held = redis.call('EXISTS', ROOT .. 'held') == 1 end
  return held
end

-- Whether nothing may be sent to a destination. Most often there is none of which that holds.
local parked, some_are_parked = {}, nil
local function is_parked(destination)
  if is_held() then return true end
  if some_are_parked == nil then some_are_parked = redis.call('SCARD', ROOT .. 'parked') > 0 end
  if not some_are_parked then return false end
  if parked[destination] == nil then
    parked[destination] = redis.call('SISMEMBER', ROOT .. 'parked', destination) == 1
  end
  return parked[destination]
end

-- Take an item out of the list in which its state has it; one in its lane's tail, or at its end, is in none.
local function take_out(ref, destination)
  local state = get(hash_of(ref), 'state')
  if state == 'due' then redis.call('ZREM', due_key(destination), ref) end
  if state == 'leased' or state == 'sending' then redis.call('ZREM', leased_key(destination), ref) end
  if state == 'dead' then redis.call('ZREM', DEAD, ref) end
end

-- 1 where something is due at a destination now, so that a claim would find it.
local function has_due(destination)
  if not destination then return 0 end
  local first = redis.call('ZRANGE', due_key(destination), 0, 0, 'WITHSCORES')[2]
  return first and tonumber(first) <= NOW and 1 or 0
end

local function make_due(ref, destination, at)
  local key = hash_of(ref)
  if get(key, 'state') ~= 'due' then take_out(ref, destination) end
  redis.call('ZADD', due_key(destination), at, ref)
  look_by(destination, at)
  set(key, 'state', 'due')
end

-- Answers the fence.
local function make_leased(ref, destination, lease)
  local key = hash_of(ref)
  if get(key, 'state') == 'due' then redis.call('ZREM', due_key(destination), ref) end
  redis.call('ZADD', leased_key(destination), NOW + lease, ref)
  look_by(destination, NOW + lease)
  set(key, 'state', 'leased')
  return add(key, 'fence', 1)
end

-- The attempt of a run begins.
local function begin_attempt(key, run)
  set(key, 'state', 'sending')
  set(key, 'run', run)
  add(key, 'tries', 1)
end

-- A watch's attempt is over. Its field stays, empty: to take it away would be one more command.
local function forget_run(key)
  if get(key, 'run') then set(key, 'run', '') end
end

-- Lease it at once where the destination has room, else leave it to Release. `direct` is '0' where it may not
-- be leased at once, '1' where it may, else the run that goes on with it itself: its attempt begins in the
-- same step. Nothing is to be asked of it, since it is not disabled and has all its attempts.
-- Answers the fence of a leased item, or nil.
local function start(ref, destination, direct, cap, lease)
  if direct == '0' or redis.call('ZCARD', leased_key(destination)) >= cap or is_parked(destination) then
    make_due(ref, destination, NOW)
    return nil
  end
  local key, fence = hash_of(ref), make_leased(ref, destination, lease)
  if direct ~= '1' then
    if watched(ref) then drop(key, 'look_again') end
    begin_attempt(key, direct)
  end
  return fence
end

-- Add what was leased at once to `leased`: destination, ref, fence; ms of now where its attempt has begun,
-- else 0; the number of a delivery, what a watch itself has seen.
local function add_leased(leased, destination, ref, fence)
  local key = hash_of(ref)
  local began = get(key, 'state') == 'sending'
  for _, one in ipairs({destination, ref, fence, began and NOW or 0,
      get(key, watched(ref) and 'seen' or 'number') or ''}) do
    leased[#leased + 1] = one
  end
end

-- Take an item out of its lane wherever it stands; only when it was the head does
-- the next one become due. Answers whether others are left in the lane.
local function leave_lane(ref, order, destination)
  local lane = lane_key(order, destination)
  -- Most often it is the only one.
  local heads = redis.call('LPOP', lane, 2) or {}
  if heads[1] ~= ref then
    if heads[1] then redis.call('LPUSH', lane, unpack(heads[2] and {heads[2], heads[1]} or heads)) end
    redis.call('LREM', lane, 1, ref)
    return #heads > 0
  end
  if heads[2] then
    redis.call('LPUSH', lane, heads[2])
    make_due(heads[2], destination, NOW)
  end
  return heads[2] ~= nil
end

-- One delivery less of an order that has not ended. With the last one, an order that is not watched lives
-- on as long as that delivery's name, or as its record. Its hash may be of another kind, or gone.
local function close(order, retention)
  local key = ROOT .. 'order:' .. order
  if not known(key, 'open') then return end
  if add(key, 'open', -1) > 0 or is_watched(order) then return end
  local kept = redis.call('PTTL', ROOT .. 'record:' .. order)
  local life, log = math.max(retention, kept), ROOT .. 'log:' .. order
  redis.call('PEXPIRE', key, life)
  hash(key).ends = true
  -- Else it lives as long as the record.
  if kept < 0 and redis.call('PTTL', log) == -1 then redis.call('PEXPIRE', log, life) end
end

--#include item_results

-- It fails no more: it has worked, or has ended. Only what has a mark of a failure can be among those that fail;
-- a key of another kind in their place costs nothing.
local function recover(ref, mark)
  if get(hash_of(ref), mark) then redis.pcall('ZREM', FAILING, ref) end
end

-- The end of a delivery: its payload goes, its name stays for the retention so
-- that the same id is known to be done. Answers whether others are left in its lane.
local function finish(ref, state, retention)
  local key = ROOT .. ref
  local destination, order = get(key, 'destination'), get(key, 'order')
  if state == 'done' then record_arrival(ref) end
  take_out(ref, destination)
  redis.call('PEXPIRE', key, retention)
  recover(ref, 'code')
  drop(key, 'payload', 'run', 'why', 'code', 'trace', 'waited')
  set(key, 'state', state)
  local left = leave_lane(ref, order, destination)
  if get(key, 'open') == '1' then
    set(key, 'open', 0)
    close(order, retention)
  end
  count(state)
  return left
end

-- The end of an event's letter, by a decision: its entry keeps a mark, so that nobody takes it for a lost one.
local function forget_letter(ref, what, window)
  redis.call('SET', ROOT .. 'decided:' .. string.sub(ref, 7), NOW .. ' ' .. what, 'PX', window)
  redis.call('ZREM', DEAD, ref)
  redis.call('DEL', ROOT .. ref)
  if what == 'replayed' then count('replayed') end
  flush()
end

-- Give an item up. Where a destination holds, the dead letter stays at its lane's head and those
-- behind it wait until it is replayed or discarded; else the next one goes on.
local function bury(ref, why, code, holds)
  local key = hash_of(ref)
  local destination, order = get(key, 'destination'), get(key, 'order')
  record_failure(ref, why, code, ref)
  take_out(ref, destination)
  set(key, 'state', 'dead')
  set(key, 'why', why)
  set(key, 'code', code)
  redis.call('ZADD', DEAD, NOW, ref)
  count('dead')
  recover(ref, 'history')
  if holds then return end
  if order then leave_lane(ref, order, destination) end
end
