-- The ledger's layout takes the place of the one that is known, or nothing happens.
--
-- KEYS: the layout. ARGV: as it is known, '' for none, and as it is to be.
-- Answers 1, or 0 where it is another one. The same again, after a lost answer, is 1.
local kept = redis.call('GET', KEYS[1]) or ''
if kept == ARGV[2] then return 1 end
if kept ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
