--#include time
--#include items
-- The body of a change, stored before its first call, so that every later attempt sends the same bytes. Only
-- the run that holds the fence stores one, and what is stored already stays.
--
-- ARGV: ref, fence, run, body. Answers the body that is stored, or nil when somebody else
--   holds the item.
local ref = ARGV[1]
local item = redis.call('HMGET', ROOT .. ref, 'state', 'fence', 'run', 'kind', 'payload')
if item[1] ~= 'sending' or item[2] ~= ARGV[2] or item[3] ~= ARGV[3] then return nil end
if item[4] ~= 'change' then return item[5] end
redis.call('HSET', ROOT .. ref, 'kind', 'notification', 'payload', ARGV[4])
return ARGV[4]
