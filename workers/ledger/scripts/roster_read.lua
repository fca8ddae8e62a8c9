--#include time
--#include items
--#include roster
-- The whole roster at one moment.
--
-- Answers {version, name, …}.
local found = redis.call('SMEMBERS', ENDPOINTS)
table.insert(found, 1, roster_version())
return found
