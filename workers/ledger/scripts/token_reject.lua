--#include time
--#include token
-- Forget an access token that a partner refused, if it is still the one that is kept. The second within a
-- while also keeps everybody from asking for the rest of it: new tokens do not help then.
--
-- KEYS: the token. ARGV: the token's text, ms between two that are thrown away, code, message.
if redis.call('HGET', KEY, 'token') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEY, 'token', 'ends', 'refresh')
local again = number('rejected') + ARGV[2]
if again > NOW then
  redis.call('HSET', KEY, 'failed', again, 'code', ARGV[3], 'message', ARGV[4])
else
  redis.call('HSET', KEY, 'rejected', NOW)
end
keep_token()
return 1
