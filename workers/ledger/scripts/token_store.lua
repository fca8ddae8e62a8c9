--#include time
--#include token
-- Keep a new access token. A late one is kept as well: it is as good as any.
--
-- KEYS: the token. ARGV: who asked, the token, ms of life, ms until it is refreshed.
redis.call('HSET', KEY, 'token', ARGV[2], 'ends', NOW + ARGV[3], 'refresh', NOW + ARGV[4])
redis.call('HDEL', KEY, 'failed', 'failures', 'code', 'message')
if redis.call('HGET', KEY, 'owner') == ARGV[1] then redis.call('HDEL', KEY, 'owner', 'locked') end
keep_token()
return 0
