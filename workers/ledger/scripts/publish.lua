--#include time
--#include items
-- A person puts an event into the stream, which is of another slot, as in admit.lua. Where it corrects a dead letter, that
-- stays and states by what it was corrected.
--
-- ARGV: stream, ref of the dead letter ('' for none), the event's id, then names and values of the entry's fields by turns.
-- Answers the new entry's id, 'known' where the letter was corrected by the same event last, or 'gone' where there is no
--   such dead letter.
local ref = ARGV[2]
if ref ~= '' and redis.call('HGET', ROOT .. ref, 'state') ~= 'dead' then return 'gone' end
local fields = {}
for n = 4, #ARGV do fields[#fields + 1] = ARGV[n] end
-- Whoever corrects may give it an id of their own: then another text may have the same one.
local digest = redis.sha1hex(table.concat(fields, '\n'))
if ref ~= '' then
  local corrected = redis.call('HMGET', ROOT .. ref, 'corrected', 'revision')
  local same = string.find(corrected[1] or '', 'event ' .. ARGV[3] .. ' in entry ', 1, true) == 1
  if same and corrected[2] == digest then return 'known' end
end
local entry = redis.call('XADD', ARGV[1], '*', unpack(fields))
-- As entries of a partition's own stream are called.
local partition = string.match(ref, '%.%d+$') or ''
if ref ~= '' then
  local corrected = 'event ' .. ARGV[3] .. ' in entry ' .. entry .. partition
  redis.call('HSET', ROOT .. ref, 'corrected', corrected, 'revision', digest)
end
return entry
