--#include time
--#include items
-- A disabled destination: nothing is claimed or begun for it, nothing is lost.
--
-- ARGV: destination, the name of the pause ('' or missing for none). Answers 1 when it was not parked before, 0 when
--   it was, -1 where this pause has ended here: whoever marks it late must not undo a resume.
local pause = ARGV[2] or ''
if pause ~= '' then
  if redis.call('HGET', ROOT .. 'pauses', ARGV[1]) == '-' .. pause then return -1 end
  redis.call('HSET', ROOT .. 'pauses', ARGV[1], pause)
end
return redis.call('SADD', ROOT .. 'parked', ARGV[1])
