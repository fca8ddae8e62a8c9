--#include time
--#include items
--#include standing
-- The destinations of a partition at which Release may go on now, those first that have waited longest
-- for its look. It touches no other: what waits for its moment, or has nothing to do, costs nothing.
--
-- A destination keeps its place until a worker has done something about it, and reports it with its next
-- look: it has claimed there (0 ms), or nothing can be done for so many ms. No worker's word moves
-- the next look to an earlier moment.
--
-- ARGV: destinations at most, then destination and ms of each of which a worker reports it.
-- Answers {destinations that were looked at, ms until another is to be (-1: none), then five of each, see
--   standing}.
for n = 2, #ARGV, 2 do
  redis.call('ZADD', ROOT .. 'next', 'XX', 'GT', NOW + tonumber(ARGV[n + 1]), ARGV[n])
end

-- Most often nothing is to be done yet.
local first = redis.call('ZRANGE', ROOT .. 'next', 0, 0, 'WITHSCORES')[2]
if not first then return {0, -1} end
if tonumber(first) > NOW then return {0, ms_until(tonumber(first))} end
-- A person may accept it at any moment.
if is_held() then return {0, 1000} end
local waiting = redis.call('ZRANGEBYSCORE', ROOT .. 'next', '-inf', NOW, 'LIMIT', 0, ARGV[1])
local seen = {#waiting, -1}
for _, destination in ipairs(waiting) do
  local due, leased = heads(destination)
  if not due and not leased then
    forget(destination)
  elseif is_parked(destination) then
    redis.call('ZREM', ROOT .. 'next', destination)
  elseif earlier(due, leased) > NOW then
    redis.call('ZADD', ROOT .. 'next', earlier(due, leased), destination)
  else
    describe(seen, destination, due)
  end
end
local later = redis.call('ZRANGEBYSCORE', ROOT .. 'next', '(' .. NOW, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
seen[2] = ms_until(tonumber(later[2]))
return seen
