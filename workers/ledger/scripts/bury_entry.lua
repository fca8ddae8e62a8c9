--#include time
--#include items
-- An entry of the stream becomes a dead letter without leaving Redis, however large it is: what a worker
-- takes into its memory has a bound, what a letter keeps has none. Burying it again changes nothing.
--
-- The stream's key is an argument beside the partition's, as of admit.lua and bury_event.lua. An entry of a
-- partition's own stream is buried in that partition, in one slot; one of the stream that all share, in partition 0.
--
-- ARGV: stream, entry id, why, code, data of its result. Answers 'dead', 'known' when it was one already, or 'gone' when
--   the entry is not there. Its fields are kept as entry_letter.py writes them.
local ref = 'event:' .. ARGV[2]
if redis.call('EXISTS', ROOT .. ref) == 1 then return 'known' end
local id = string.match(ARGV[2], '^[^.]*')
local entry = redis.call('XRANGE', ARGV[1], id, id)[1]
if not entry then return 'gone' end

local field, parts = 'payload', entry[2]
local bytes = parts[2]
if #parts > 2 or parts[1] ~= 'event' then
  local packed = {}
  for _, part in ipairs(parts) do
    packed[#packed + 1] = #part .. ':'
    packed[#packed + 1] = part
  end
  field, bytes = 'fields', table.concat(packed)
end
redis.call('HSET', ROOT .. ref, 'state', 'dead', field, bytes, 'why', ARGV[3], 'code', ARGV[4],
  'kind', 'event')
redis.call('ZADD', DEAD, NOW, ref)
add_result('event.refused', ref .. ':refused', nil, nil, nil, ARGV[5])
count('dead')
flush()
return 'dead'
