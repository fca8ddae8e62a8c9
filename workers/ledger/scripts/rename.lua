-- A person gives a ledger another deployment's name. The name's key is an argument, of another slot, as in admit.lua.
--
-- ARGV: the key, the name that the ledger has, the new one. Answers {'renamed' or 'other', whose ledger it is now}.
local named = redis.call('GET', ARGV[1]) or ''
if named ~= ARGV[2] then return {'other', named} end
redis.call('SET', ARGV[1], ARGV[3])
return {'renamed', ARGV[3]}
