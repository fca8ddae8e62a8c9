--#include settled
-- Entries need not come again. Those that are durable count as settled, those that are gone unadmitted as
-- lost, in the same step; an entry that was acknowledged before counts for nothing.
--
-- KEYS: the stream. ARGV: group, 1 for what is durable and 0 for what is gone, then the ids, fewer than
-- 8,000. Answers how many were pending.
-- This first: a full Redis refuses a script whose first write may need memory.
local done = redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 3))
if done == 0 then return 0 end
local key = account_of(KEYS[1], ARGV[1])
if ARGV[2] == '1' then
  redis.call('HINCRBY', key, 'settled', done)
else
  redis.call('HINCRBY', key, 'lost', done)
  if redis.call('HEXISTS', key, 'base') == 1 then redis.call('HINCRBY', key, 'base', done) end
end
return done
