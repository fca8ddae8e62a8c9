--#include time
--#include items
--#include orders
-- A person has decided that a dead letter is not wanted any more.
--
-- ARGV: ref, retention ms of orders, of ended deliveries, timeline cap. Answers 'discarded',
--   'not_dead' or 'gone'.
local ref = ARGV[1]
local item = redis.call('HMGET', ROOT .. ref, 'state', 'order')
if not item[1] then return 'gone' end
if item[1] ~= 'dead' then return 'not_dead' end

if item[2] then
  finish(ref, 'discarded', tonumber(ARGV[3]))
  note(item[2], tonumber(ARGV[4]), 'F', short(ref))
elseif string.sub(ref, 1, 6) == 'order:' then
  end_watch(ref)
  note(string.sub(ref, 7), tonumber(ARGV[4]), 'F', short(ref))
  keep(string.sub(ref, 7), tonumber(ARGV[2]))
else
  redis.call('ZREM', DEAD, ref)
  redis.call('DEL', ROOT .. ref)
end
return 'discarded'
