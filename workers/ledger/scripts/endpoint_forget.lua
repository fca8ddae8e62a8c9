--#include time
--#include items
--#include roster
-- A person has taken an endpoint out: its name leaves the roster, what is known of it goes, and what waits
-- for it is discarded, some of it at each call. Its dead letters are discard.lua's.
--
-- ARGV: the endpoint's name, destination, retention ms of ended deliveries, timeline cap, most that are
--   discarded. Answers how many were.
local destination, discarded = ARGV[2], 0
if redis.call('SREM', ENDPOINTS, ARGV[1]) == 1 then roster_changed() end
redis.call('SREM', ROOT .. 'parked', destination)
redis.pcall('HDEL', ROOT .. 'pauses', destination)
redis.pcall('HDEL', ROOT .. 'failures', destination)

local function next_one()
  return redis.call('ZRANGE', due_key(destination), 0, 0)[1] or redis.call('ZRANGE', leased_key(destination), 0, 0)[1]
end

while discarded < tonumber(ARGV[5]) do
  local ref = next_one()
  if not ref then break end
  local item = hash(ROOT .. ref).fields
  -- Wherever its state has it: it is found no second time.
  redis.call('ZREM', due_key(destination), ref)
  redis.call('ZREM', leased_key(destination), ref)
  if item.order then
    if item.state == 'sending' then
      count_ambiguous('worker')
      note(item.order, tonumber(ARGV[4]), 'U', short(ref))
    end
    record_failure(ref, 'its endpoint was taken out', 'endpoint_forgotten')
    finish(ref, 'discarded', tonumber(ARGV[3]))
    note(item.order, tonumber(ARGV[4]), 'F', short(ref))
  end
  discarded = discarded + 1
end
flush()
return discarded
