-- A person settles what was dropped from the stream before it was admitted. The stream's account is an argument, of
-- another slot, as in admit.lua.
--
-- ARGV: the account's key, how many are lost so far. Answers 1.
redis.call('HSET', ARGV[1], 'accepted', ARGV[2])
redis.call('HDEL', ARGV[1], 'vague')
return 1
