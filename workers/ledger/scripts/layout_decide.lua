-- The ledger's layout takes the place of the one that is known, or nothing happens. The layout's key is an argument, of
-- another slot, as in admit.lua.
--
-- ARGV: the key, the layout as it is known, '' for none, and as it is to be.
-- Answers 1, 0 where it is another one, or 2 where it is that already.
local kept = redis.call('GET', ARGV[1]) or ''
if kept == ARGV[3] then return 2 end
if kept ~= ARGV[2] then return 0 end
redis.call('SET', ARGV[1], ARGV[3])
return 1
