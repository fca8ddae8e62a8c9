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

local function next_one()
  return redis.call('ZRANGE', due_key(destination), 0, 0)[1] or redis.call('ZRANGE', leased_key(destination), 0, 0)[1]
end

while discarded < tonumber(ARGV[5]) do
  local ref = next_one()
  if not ref then return discarded end
  local item = redis.pcall('HMGET', ROOT .. ref, 'state', 'order')
  if item.err or not item[2] then
    take_out(ref, destination)
  else
    if item[1] == 'sending' then
      count_ambiguous('worker')
      note(item[2], tonumber(ARGV[4]), 'U', short(ref))
    end
    finish(ref, 'discarded', tonumber(ARGV[3]))
    note(item[2], tonumber(ARGV[4]), 'F', short(ref))
  end
  discarded = discarded + 1
end
return discarded
