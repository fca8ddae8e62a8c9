--#include time
--#include items
-- An enabled destination: what waited goes on.
--
-- ARGV: destination. Answers 1 when it was parked.
look_by(ARGV[1], NOW)
flush()
return redis.call('SREM', ROOT .. 'parked', ARGV[1])
