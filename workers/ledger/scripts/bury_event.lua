--#include time
--#include items
-- An event that cannot be admitted becomes a dead letter with its bytes and the reason.
-- Burying the same entry again changes nothing.
--
-- ARGV: entry id, bytes, why, code. Answers 'dead', or 'known' when it was one already.
local ref = 'event:' .. ARGV[1]
if redis.call('EXISTS', ROOT .. ref) == 1 then return 'known' end
redis.call('HSET', ROOT .. ref, 'state', 'dead', 'payload', ARGV[2], 'why', ARGV[3],
  'code', ARGV[4], 'kind', 'event')
redis.call('ZADD', DEAD, NOW, ref)
count('dead')
return 'dead'
