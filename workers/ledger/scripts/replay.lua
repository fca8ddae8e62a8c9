--#include time
--#include items
--#include links
-- Send a dead letter on its way again, once per request: to its lane's tail, with its attempts
-- given back; one that has held its lane goes before those that waited for it. A link with a newer one waiting or delivered is refused, or the older
-- customer would win.
--
-- ARGV: ref, timeline cap; of a reconciliation's repair its id, its plan's digest, ms for which its mark lives, and its
--   timeline entry. Answers 'replayed', 'refused', 'not_dead', 'gone', 'known' (this repair was made before) or 'event' (an
--   event goes through the stream again, which is another key's business).
local mark = ARGV[3] and ROOT .. 'repaired:' .. ARGV[3]
if mark and redis.call('EXISTS', mark) == 1 then return 'known' end
local ref = adopted(ARGV[1])
local key = hash_of(ref)
local state, kind = get(key, 'state'), not watched(ref) and get(key, 'kind')
if not state then return 'gone' end
if state ~= 'dead' then return 'not_dead' end
if kind == 'event' then return 'event' end
local destination, order = get(key, 'destination'), not watched(ref) and get(key, 'order')

if kind == 'link' and is_outdated(ref, order, destination) then return 'refused' end

redis.call('ZREM', DEAD, ref)
drop(key, 'why', 'code', 'run')
record_decision(ref, 'replayed')
-- What becomes of it now has another fence than what became of it before, so that their results have other ids.
add(key, 'fence', 1)
set(key, 'tries', 0)
set(key, 'state', 'lane')
record_attempt(ref, 'replayed')
if not order or redis.call('LINDEX', lane_key(order, destination), 0) == ref then
  make_due(ref, destination, NOW)
elseif redis.call('RPUSH', lane_key(order, destination), ref) == 1 then
  make_due(ref, destination, NOW)
end
note(order_of(ref, order), tonumber(ARGV[2]), 'R', short(ref))
if mark then
  note(order_of(ref, order), tonumber(ARGV[2]), ARGV[6])
  redis.call('SET', mark, NOW .. ' ' .. ARGV[4], 'PX', ARGV[5])
end
count('replayed')
flush()
return 'replayed'
