--#include time
--#include items
--#include orders
-- A person gives an order up: its watches end, and what was not delivered is discarded, dead letters among it. Each
-- has its result. What a worker is just sending may arrive.
--
-- ARGV: order, retention ms of orders, of ended deliveries, timeline cap, why, then refs of its deliveries.
-- Answers {'abandoned', watches, deliveries}, {'ended'} where there was nothing to end, or {'gone'}.
local order, cap, why = ARGV[1], tonumber(ARGV[4]), ARGV[5]
adopted('order:' .. order)
local key = ROOT .. 'order:' .. order
if not known(key, 'version') then return {'gone'} end
local waiting = {lane = true, due = true, leased = true, sending = true, dead = true}
local watches, deliveries = 0, 0

local function discard(ref)
  local state = known(ROOT .. ref, 'state')
  if not waiting[state] or get(ROOT .. ref, 'order') ~= order then return end
  if state == 'sending' then
    count_ambiguous('worker')
    note(order, cap, 'U', short(ref))
  end
  if state == 'dead' then
    record_decision(ref, 'discarded')
  else
    record_failure(ref, 'its order was abandoned: ' .. why, 'abandoned')
  end
  finish(ref, 'discarded', tonumber(ARGV[3]))
  note(order, cap, 'F', short(ref))
  deliveries = deliveries + 1
end

local function finish_watch(partner)
  local ref = watch_ref(partner, order)
  local state = get(hash_of(ref), 'state')
  if not state or state == 'ended' then return end
  end_watch(ref, 'abandoned')
  -- A look that is under way asked before this, and is as late as one behind which another was answered: it
  -- makes nothing new of an order that was given up. It may have asked in this very ms.
  set(hash_of(ref), 'looked', NOW + 1)
  watches = watches + 1
end

for n = 6, #ARGV do discard(ARGV[n]) end
local first, others = first_partner(order), get(key, 'watches') or ''
if first then finish_watch(first) end
for partner in string.gmatch(others, '%S+') do finish_watch(partner) end
if watches + deliveries == 0 then return {'ended'} end
-- Until the next event, which makes another version.
set(key, 'abandoned', get(key, 'version'))
note(order, cap, 'H', why)
keep(order, tonumber(ARGV[2]))
return {'abandoned', watches, deliveries}
