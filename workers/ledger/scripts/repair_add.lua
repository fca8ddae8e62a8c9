--#include time
-- Add an entry to the stream for a repair, once: its id leaves a mark beside the stream.
--
-- KEYS: the stream. ARGV: the repair's id, its plan's digest, ms for which the mark lives, then the entry's fields,
--   names and values by turns. Answers 'made' or 'known' (it was added before).
local mark = 'wb:repaired:{' .. KEYS[1] .. '}:' .. ARGV[1]
if redis.call('EXISTS', mark) == 1 then return 'known' end
local entry = redis.call('XADD', KEYS[1], '*', unpack(ARGV, 4))
redis.call('SET', mark, NOW .. ' ' .. ARGV[2] .. ' ' .. entry, 'PX', ARGV[3])
return 'made'
