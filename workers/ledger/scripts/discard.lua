--#include time
--#include items
--#include orders
-- A person has decided that a dead letter is not wanted any more.
--
-- ARGV: ref, retention ms of orders, of ended deliveries, timeline cap, 'discarded', or
--   'replayed' of an event that was published again, ms for which its decision is remembered. Answers 'discarded', 'not_dead' or 'gone'.
local ref = adopted(ARGV[1])
local partner, order = watched(ref)
local key = hash_of(ref)
local state, owner = get(key, 'state'), not partner and get(key, 'order')
if not state then return 'gone' end
if state ~= 'dead' then return 'not_dead' end

record_decision(ref, ARGV[5])
if owner then
  finish(ref, 'discarded', tonumber(ARGV[3]))
  note(owner, tonumber(ARGV[4]), 'F', short(ref))
  flush()
elseif partner then
  end_watch(ref)
  note(order, tonumber(ARGV[4]), 'F', short(ref))
  keep(order, tonumber(ARGV[2]))
else
  forget_letter(ref, ARGV[5], ARGV[6])
end
return 'discarded'
