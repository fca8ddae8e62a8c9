--#include time
--#include items
-- What Release must know of every destination of a partition before it claims: ms until
-- something is due, ms until a lease ends (-1: nothing), how many items are leased, how many of
-- those leases have ended, and how many items are due now. A destination without work is
-- forgotten here; the next work names it again.
--
-- Answers {destination, ms until due, ms until a lease ends, leased, ended, due now, …}.
local function first(key)
  local head = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return head[2] and math.max(0, tonumber(head[2]) - NOW) or -1
end

local seen = {}
for _, destination in ipairs(redis.call('SMEMBERS', ROOT .. 'destinations')) do
  local due, leased = first(due_key(destination)), first(leased_key(destination))
  if due < 0 and leased < 0 then
    redis.call('SREM', ROOT .. 'destinations', destination)
  elseif not is_parked(destination) then
    seen[#seen + 1] = destination
    seen[#seen + 1] = due
    seen[#seen + 1] = leased
    seen[#seen + 1] = redis.call('ZCARD', leased_key(destination))
    seen[#seen + 1] = redis.call('ZCOUNT', leased_key(destination), '-inf', NOW)
    seen[#seen + 1] = redis.call('ZCOUNT', due_key(destination), '-inf', NOW)
  end
end
return seen
