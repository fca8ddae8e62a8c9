--#include time
--#include items
-- Lease what may be worked on: first what a worker held when its lease ended, then
-- what is due, as far as the destination's limit of leased items allows.
--
-- A lease that ended before `begin` costs nothing: its hint was lost. One that ended in
-- sending counted its attempt at `begin`; for a delivery nobody knows whether it arrived, so it
-- is ambiguous.
--
-- A call that is not full is filled with items that are due soon, or to which little of the
-- pause since their last look is left: they travel for nothing. Only those that nothing has gone
-- wrong with, so that no pause after a failure is cut short.
--
-- An item that is no hash, or whose fence is no number, cannot be leased. It is set aside for an
-- hour, so that those behind it go on.
--
-- ARGV: destination, most items, cap, lease ms, items per call, ms that count as soon, retention
--   ms of ended deliveries, timeline cap, share of its pause by which an item may come early, ms after which
--   nothing may be leased any more (0: none), see reserve_take.
-- Answers {{ref, fence, …}, {ref, order, attempts, …}}: what is leased, and what was being sent when its lease ended.
-- Of most items it needs no more; what else is asked for is read then.
OF_DELIVERY, OF_WATCH, tells_new = {'state', 'fence'}, {'state', 'fence', 'destination'}, false
local destination, most, cap = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lease, per_call, soon = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local claimed, unended = {}, {}
if is_parked(destination) then return {claimed, unended} end
if tonumber(ARGV[10]) > 0 and NOW > tonumber(ARGV[10]) then return {claimed, unended} end

local function can_be_leased(ref)
  local fence = known(hash_of(ref), 'fence')
  if hash(hash_of(ref)).bad then return false end
  return not fence or string.match(fence, '^%-?%d+$') ~= nil
end

local function take(ref, is_leased)
  if not can_be_leased(ref) then
    redis.call('ZREM', leased_key(destination), ref)
    redis.call('ZADD', due_key(destination), NOW + 3600000, ref)
    return
  end
  -- Also where its state has it elsewhere: it stands where it was found.
  if not is_leased then redis.call('ZREM', due_key(destination), ref) end
  claimed[#claimed + 1] = ref
  claimed[#claimed + 1] = make_leased(ref, destination, lease)
end

-- A moment within a lease, another one for each item and each of its fences.
local function apart(ref)
  local digest = redis.sha1hex(ref .. ':' .. get(hash_of(ref), 'fence'))
  return NOW + math.floor(lease * tonumber(string.sub(digest, 1, 6), 16) / 16777216)
end

local function take_back(ref)
  local key = hash_of(ref)
  if hash(key).bad then return take(ref, true) end
  local state, is_watch = get(key, 'state'), watched(ref) ~= nil
  if not state then
    redis.call('ZREM', leased_key(destination), ref)
    return
  end
  if state == 'sending' then
    for _, one in ipairs({ref, order_of(ref, not is_watch and get(key, 'order')), get(key, 'tries') or ''}) do
      unended[#unended + 1] = one
    end
  end
  if state == 'sending' and not is_watch and get(key, 'kind') then
    local order, superseded = get(key, 'order'), get(key, 'superseded')
    count_ambiguous('worker')
    record_attempt(ref, 'ambiguous lease ended while sending')
    note(order, tonumber(ARGV[8]), 'U', short(ref))
    if superseded then note(order, tonumber(ARGV[8]), 'O', short(ref)) end
    if superseded then return finish(ref, 'superseded', tonumber(ARGV[7])) end
  end
  -- It has lost its worker before. It ends its workers, or something does that is called beside it
  -- and comes back with it: from now on each comes at a moment of its own, so that none dies with another.
  if state == 'sending' and tonumber(get(key, 'tries') or 0) > 1 then
    return make_due(ref, destination, apart(ref))
  end
  take(ref, true)
end

local ended = redis.call('ZRANGEBYSCORE', leased_key(destination), '-inf', NOW, 'LIMIT', 0, math.max(0, most))
for _, ref in ipairs(ended) do take_back(adopted(ref)) end

local function take_due(room)
  if room <= 0 then return end
  local due = redis.call('ZRANGEBYSCORE', due_key(destination), '-inf', NOW, 'LIMIT', 0, room)
  for _, ref in ipairs(due) do take(adopted(ref)) end
end

local function may_come_early(ref, due)
  local key = hash_of(ref)
  if hash(key).bad or tonumber(get(key, 'tries') or 0) > 0 then return false end
  if due - NOW <= soon then return true end
  local looked = get(key, 'looked')
  return looked and due - NOW <= tonumber(ARGV[9]) * (due - tonumber(looked))
end

-- Those that are due next are asked, three for each place, so that a claim stays quick.
local function fill(room)
  if room <= 0 then return end
  local waiting = redis.call(
    'ZRANGEBYSCORE', due_key(destination), '(' .. NOW, '+inf', 'WITHSCORES', 'LIMIT', 0, 3 * room)
  for n = 1, #waiting, 2 do
    local ref = adopted(waiting[n])
    if room > 0 and may_come_early(ref, tonumber(waiting[n + 1])) then
      take(ref)
      room = room - 1
    end
  end
end

local function room()
  return math.min(most - #claimed / 2, cap - redis.call('ZCARD', leased_key(destination)))
end

take_due(room())
local started = #claimed / 2 % per_call
if started > 0 then fill(math.min(room(), per_call - started)) end
flush()
return {claimed, unended}
