--#include time
--#include settled
-- An entry was moved on into the stream of its order's partition: it is settled here, and its mark names the entry there,
-- which is the one that is admitted or refused from now on.
--
-- KEYS: the stream. ARGV: group, the entry's id, the key of its mark, the entry there, ms for which the mark lives (0: none).
settle_entry(KEYS[1], ARGV[1], ARGV[2])
if ARGV[5] ~= '0' then redis.call('SET', ARGV[3], NOW .. ' moved ' .. ARGV[4], 'PX', ARGV[5]) end
return 1
