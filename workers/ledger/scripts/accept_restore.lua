-- A person takes a restored ledger as it is, and it sends again. Keys of several slots are arguments, as in
-- admit.lua. The moment is later than that of the last time, whatever has become of the clock.
--
-- ARGV: the findings' key, the marks' key ('' where it is written apart, on a Cluster), UTC ms, then the keys that hold.
-- Answers {what was found as names and values by turns, how many keys held}.
local found, held = redis.call('HGETALL', ARGV[1]), 0
redis.call('DEL', ARGV[1])
for n = 4, #ARGV do held = held + redis.call('DEL', ARGV[n]) end
if ARGV[2] ~= '' then redis.call('HSET', ARGV[2], 'accepted', ARGV[3]) end
return {found, held}
