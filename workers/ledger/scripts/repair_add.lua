--#include time
--#include settled
-- Add an entry to a stream for a repair, once: its id leaves a mark beside the stream, which is in the slot of its
-- partition, or of another one where all share it, as in admit.lua.
--
-- ARGV: the stream, the repair's id, its plan's digest, ms for which the mark lives, what is counted in the partition ('' for
--   nothing), then the entry's fields, names and values by turns. Answers 'made' or 'known' (it was added before).
local mark = 'wb:repaired:' .. tagged(ARGV[1]) .. ':' .. ARGV[2]
if redis.call('EXISTS', mark) == 1 then return 'known' end
local entry = redis.call('XADD', ARGV[1], '*', unpack(ARGV, 6))
redis.call('SET', mark, NOW .. ' ' .. ARGV[3] .. ' ' .. entry, 'PX', ARGV[4])
-- A key of another kind in its place costs the count alone.
if ARGV[5] ~= '' then redis.pcall('HINCRBY', KEYS[1] .. 'counts', 'repaired:' .. ARGV[5], 1) end
return 'made'
