--#include time
--#include items
--#include orders
-- A person has decided that a dead letter is not wanted any more.
--
-- ARGV: ref, retention ms of orders, of ended deliveries, timeline cap. Answers 'discarded',
--   'not_dead' or 'gone'.
local ref = adopted(ARGV[1])
local partner, order = watched(ref)
local item = redis.call('HMGET', hash_of(ref), 'state', 'order')
if not item[1] then return 'gone' end
if item[1] ~= 'dead' then return 'not_dead' end

if item[2] then
  finish(ref, 'discarded', tonumber(ARGV[3]))
  note(item[2], tonumber(ARGV[4]), 'F', short(ref))
elseif partner then
  end_watch(ref)
  note(order, tonumber(ARGV[4]), 'F', short(ref))
  keep(order, tonumber(ARGV[2]))
else
  redis.call('ZREM', DEAD, ref)
  redis.call('DEL', ROOT .. ref)
end
return 'discarded'
