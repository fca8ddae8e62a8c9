--#include time
--#include items
--#include orders
-- A person has an order looked at now, wherever it is watched: at once, or again when the look that is under way has ended.
--
-- ARGV: order, timeline cap. Answers {'polled', watches}, {'dead'} where all that are left were given up, {'ended'} where nobody
--   watches it, or {'gone'}.
local order = ARGV[1]
adopted('order:' .. order)
local key = ROOT .. 'order:' .. order
if not known(key, 'version') then return {'gone'} end
local polled, dead = 0, false

local function poll(partner)
  local ref = watch_ref(partner, order)
  local item = hash_of(ref)
  local state = get(item, 'state')
  if state == 'dead' then dead = true end
  if not state or state == 'dead' or state == 'ended' then return end
  if state == 'due' then
    make_due(ref, get(item, 'destination'), NOW)
  else
    set(item, 'look_again', 1)
  end
  polled = polled + 1
end

local first, others = first_partner(order), get(key, 'watches') or ''
if first then poll(first) end
for partner in string.gmatch(others, '%S+') do poll(partner) end
if polled == 0 then return {dead and 'dead' or 'ended'} end
note(order, tonumber(ARGV[2]), 'K')
flush()
return {'polled', polled}
