--#include time
--#include items
-- A disabled destination: nothing is claimed or begun for it, nothing is lost.
--
-- ARGV: destination. Answers 1 when it was not parked before.
return redis.call('SADD', ROOT .. 'parked', ARGV[1])
