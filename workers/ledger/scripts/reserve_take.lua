--#include time
-- Be the only one that gives of a destination's reserve of leases, for a while. No script sees two
-- partitions on a Cluster, so that what is leased in all of them is counted and added to by one worker at a
-- time. One key. Who asks again (its answer was lost) has it.
--
-- KEYS: the destination's reserve. ARGV: a token, ms for which nobody else has it, ms for which it may be
--   given of: fewer, by as much as the clocks of a Cluster's nodes may be apart.
-- Answers UTC ms until which it may be given of, 0 where somebody else has it.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return NOW + tonumber(ARGV[3])
