--#include time
--#include items
-- How much is due at some of the destinations of a partition at which Release looks within a second, those
-- first that it looks at first.
--
-- ARGV: how many of them to pass over, then how many to look at. Answers {destination, items due now, …}.
local seen = {}
if is_held() then return seen end
for _, destination in ipairs(redis.call(
    'ZRANGEBYSCORE', ROOT .. 'next', '-inf', NOW + 1000, 'LIMIT', ARGV[1], ARGV[2])) do
  seen[#seen + 1] = destination
  seen[#seen + 1] = redis.call('ZCOUNT', due_key(destination), '-inf', NOW)
end
return seen
