--#include time
--#include items
-- Lease what may be worked on: first what a worker held when its lease ended, then
-- what is due, as far as the destination's limit of leased items allows.
--
-- A lease that ended before `begin` costs nothing: its hint was lost. One that ended in
-- sending counted its try at `begin`; for a delivery nobody knows whether it arrived, so it
-- is ambiguous.
--
-- ARGV: destination, most items, cap, lease ms, look-ahead ms, retention ms of ended
--   deliveries, timeline cap.
-- Answers {ref, fence, …}.
local destination, most, cap = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lease, ahead = tonumber(ARGV[4]), tonumber(ARGV[5])
local claimed = {}
if is_parked(destination) then return claimed end

local function take(ref)
  claimed[#claimed + 1] = ref
  claimed[#claimed + 1] = make_leased(ref, destination, lease)
end

local function take_back(ref)
  local item = redis.call('HMGET', ROOT .. ref, 'state', 'kind', 'order', 'superseded')
  if not item[1] then
    redis.call('ZREM', leased_key(destination), ref)
    return
  end
  if item[1] == 'sending' and item[2] then
    count('ambiguous')
    record_try(ref, 'ambiguous lease ended while sending')
    note(item[3], 'ambiguous ' .. ref, tonumber(ARGV[7]))
    if item[4] then return finish(ref, 'superseded', tonumber(ARGV[6])) end
  end
  take(ref)
end

local ended = redis.call('ZRANGEBYSCORE', leased_key(destination), '-inf', NOW, 'LIMIT', 0, math.max(0, most))
for _, ref in ipairs(ended) do take_back(ref) end

local room = math.min(most - #ended, cap - redis.call('ZCARD', leased_key(destination)))
if room > 0 then
  local due = redis.call('ZRANGEBYSCORE', due_key(destination), '-inf', NOW + ahead, 'LIMIT', 0, room)
  for _, ref in ipairs(due) do take(ref) end
end
return claimed
