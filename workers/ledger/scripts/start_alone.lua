--#include entry_size
-- Begin to work on one pending entry while its process works on no other, see start.lua. The count is set, not
-- raised: to start it again after a lost answer counts once.
--
-- KEYS: the stream. ARGV: group, consumer, most bytes of an entry, its starts before this one, its id.
-- Answers {{id, {name, value, …}}}, or {{id, bytes}} of a large one, or {} where it is not pending or not there.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[5], ARGV[5], 1)[1]
if not pending then return {} end
-- Redis counts the reading as the first delivery.
local count = math.max(pending[4], tonumber(ARGV[4]) + 2)
local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[5], 'RETRYCOUNT', count)[1]
-- Redis 6.2 answers nil, which is false here, for an entry that was deleted.
if not entry then return {} end
local size = size_of(entry)
return {size > tonumber(ARGV[3]) and {entry[1], size} or entry}
