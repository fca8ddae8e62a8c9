--#include time
-- Moments of items that lie further ahead than any pause or lease may: they come as near as the longest.
--
-- KEYS: the partition's prefix. ARGV: 'due:<destination>' or 'leased:<destination>', ms of the longest, most items.
-- Answers how many were pulled in.
local key, furthest = KEYS[1] .. ARGV[1], NOW + ARGV[2]
local found = redis.call('ZREVRANGEBYSCORE', key, '+inf', '(' .. string.format('%d', furthest), 'LIMIT', 0, ARGV[3])
for _, ref in ipairs(found) do redis.call('ZADD', key, 'XX', furthest, ref) end
return #found
