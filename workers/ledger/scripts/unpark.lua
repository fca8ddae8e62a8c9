--#include time
--#include items
-- An enabled destination: what waited goes on.
--
-- ARGV: destination. Answers 1 when it was parked.
redis.call('SADD', ROOT .. 'destinations', ARGV[1])
return redis.call('SREM', ROOT .. 'parked', ARGV[1])
