--#include time
--#include token
-- Asking for an access token failed; nobody asks for a while, unless the right to ask has passed to another.
--
-- KEYS: the token. ARGV: who asked, ms for which nobody asks, code, message.
if redis.call('HGET', KEY, 'owner') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEY, 'owner', 'locked')
redis.call('HSET', KEY, 'failed', NOW + ARGV[2], 'code', ARGV[3], 'message', ARGV[4])
redis.call('HINCRBY', KEY, 'failures', 1)
keep_token()
return 1
