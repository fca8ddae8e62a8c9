--#include time
--#include items
--#include links
-- Send a dead letter on its way again, once per request: to its lane's tail, with its attempts
-- given back; one that has held its lane goes before those that waited for it. A link with a newer one waiting or delivered is refused, or the older
-- customer would win.
--
-- ARGV: ref, timeline cap. Answers 'replayed', 'refused', 'not_dead', 'gone' or 'event' (an
--   event goes through the stream again, which is another key's business).
local ref = adopted(ARGV[1])
local key = hash_of(ref)
local item = redis.call('HMGET', key, 'state', 'destination', 'order', 'kind')
if not item[1] then return 'gone' end
if item[1] ~= 'dead' then return 'not_dead' end
if item[4] == 'event' then return 'event' end
local destination, order = item[2], item[3]

if item[4] == 'link' and is_outdated(ref, order, destination) then return 'refused' end

redis.call('ZREM', DEAD, ref)
redis.call('HDEL', key, 'why', 'code', 'run')
redis.call('HSET', key, 'tries', 0, 'state', 'lane')
record_attempt(ref, 'replayed')
if not order or redis.call('LINDEX', lane_key(order, destination), 0) == ref then
  make_due(ref, destination, NOW)
elseif redis.call('RPUSH', lane_key(order, destination), ref) == 1 then
  make_due(ref, destination, NOW)
end
note(order_of(ref, order), tonumber(ARGV[2]), 'R', short(ref))
count('replayed')
return 'replayed'
