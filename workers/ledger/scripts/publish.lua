--#include time
--#include items
-- A person puts an event into the stream, which is of another slot, as in admit.lua. Where it corrects a dead letter, that
-- stays and states by what it was corrected.
--
-- ARGV: stream, ref of the dead letter ('' for none), the event's id, then names and values of the entry's fields by turns.
-- Answers the new entry's id, or 'gone' where there is no such dead letter.
local ref = ARGV[2]
if ref ~= '' and redis.call('HGET', ROOT .. ref, 'state') ~= 'dead' then return 'gone' end
local fields = {}
for n = 4, #ARGV do fields[#fields + 1] = ARGV[n] end
local entry = redis.call('XADD', ARGV[1], '*', unpack(fields))
-- As entries of a partition's own stream are called.
local partition = string.match(ref, '%.%d+$') or ''
if ref ~= '' then redis.call('HSET', ROOT .. ref, 'corrected', 'event ' .. ARGV[3] .. ' in entry ' .. entry .. partition) end
return entry
