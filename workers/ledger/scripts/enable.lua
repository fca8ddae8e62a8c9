--#include time
--#include items
-- An enabled destination: what waited goes on.
--
-- ARGV: destination, the name of the pause that ends ('' or missing for whichever stands). Answers 1 when it was
--   parked; where a later pause has parked it, that stays.
local pause = ARGV[2] or ''
local stands = redis.call('HGET', ROOT .. 'pauses', ARGV[1])
local has_ended = stands and string.sub(stands, 1, 1) == '-'
if pause ~= '' and stands and not has_ended and stands ~= pause then return 0 end
look_by(ARGV[1], NOW)
flush()
local was = redis.call('SREM', ROOT .. 'parked', ARGV[1])
if pause ~= '' then
  redis.call('HSET', ROOT .. 'pauses', ARGV[1], '-' .. pause)
elseif not has_ended then
  redis.call('HDEL', ROOT .. 'pauses', ARGV[1])
end
return was
