--#include time
--#include items
-- An event that cannot be admitted becomes a dead letter with its bytes and the reason.
-- Burying the same entry again changes nothing.
--
-- ARGV: entry id, 'payload' or 'fields', its bytes, why, code. Answers 'dead', or 'known' when it
--   was one already. 'payload' holds the event of an entry that has nothing else, 'fields' all
--   fields of any other, packed.
local ref = 'event:' .. ARGV[1]
if redis.call('EXISTS', ROOT .. ref) == 1 then return 'known' end
redis.call('HSET', ROOT .. ref, 'state', 'dead', ARGV[2], ARGV[3], 'why', ARGV[4],
  'code', ARGV[5], 'kind', 'event')
redis.call('ZADD', DEAD, NOW, ref)
count('dead')
return 'dead'
