--#include time
--#include items
--#include settled
-- An event that cannot be admitted becomes a dead letter with its bytes and the reason.
-- The entry is acknowledged in the same step. Burying it again changes nothing.
--
-- ARGV: entry id, 'payload' or 'fields', its bytes, why, code, stream, group, data of
--   its result, the order that it names ('' for none), its traceparent ('' for none). Answers 'dead', or 'known'
--   when it was one already. 'payload' holds the event of an entry that has nothing else, 'fields' all
--   fields of any other, packed.
local ref = 'event:' .. ARGV[1]
if redis.call('EXISTS', ROOT .. ref) == 1 then
  settle_entry(ARGV[6], ARGV[7], ARGV[1])
  return 'known'
end
redis.call('HSET', ROOT .. ref, 'state', 'dead', ARGV[2], ARGV[3], 'why', ARGV[4],
  'code', ARGV[5], 'kind', 'event')
redis.call('ZADD', DEAD, NOW, ref)
add_result('event.refused', ref .. ':refused', ARGV[9], nil, ARGV[10], ARGV[8])
count('dead')
flush()
settle_entry(ARGV[6], ARGV[7], ARGV[1])
return 'dead'
