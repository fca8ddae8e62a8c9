--#include time
--#include items
--#include roster
-- Endpoints of a worker's settings enter the roster.
--
-- ARGV: their names. Answers the roster's version.
local fresh = 0
for _, name in ipairs(ARGV) do fresh = fresh + redis.call('SADD', ENDPOINTS, name) end
if fresh > 0 then roster_changed() end
return roster_version()
