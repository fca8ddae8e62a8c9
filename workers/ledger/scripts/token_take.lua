--#include time
--#include token
-- What a call that needs an access token is to do: use it, ask for one, wait for who asks, or leave it.
--
-- KEYS: the token. ARGV: who asks, ms for which nobody else may.
-- Answers {verdict, ms, UTC ms now, failures in a row, token, code, message}. The verdict is 'token' (it is
--   good for so many ms), 'refresh' (good as well, and the right to ask is the caller's), 'ask' (there is
--   none, and the right is the caller's), 'wait' (another asks, for so many ms at most) or 'failed' (nobody
--   asks for so many ms).
local held = redis.call('HMGET', KEY, 'token', 'code', 'message')
local ends, locked, failed = number('ends'), number('locked'), number('failed')

local function answer(verdict, ms)
  return {verdict, ms, NOW, number('failures'), held[1] or '', held[2] or '', held[3] or ''}
end

local valid = held[1] and ends > NOW
local free = locked <= NOW and failed <= NOW
if valid and not (free and number('refresh') <= NOW) then return answer('token', ends - NOW) end
if free then
  redis.call('HSET', KEY, 'owner', ARGV[1], 'locked', NOW + ARGV[2])
  keep_token()
  if valid then return answer('refresh', ends - NOW) end
  return answer('ask', 0)
end
if failed > NOW then return answer('failed', failed - NOW) end
return answer('wait', locked - NOW)
