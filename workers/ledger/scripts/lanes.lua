--#include time
--#include items
-- How many deliveries of a destination wait in their lanes, dead letters that hold their lane among them.
--
-- ARGV: destination, most orders that are looked at. Answers {deliveries, 1 when there are more orders}.
local destination, most = ARGV[1], tonumber(ARGV[2])
local found, looked = 0, 0
for _, key in ipairs({due_key(destination), leased_key(destination)}) do
  for _, ref in ipairs(redis.call('ZRANGE', key, 0, most - looked)) do
    local order = redis.pcall('HGET', ROOT .. ref, 'order')
    local length = type(order) == 'string' and redis.pcall('LLEN', lane_key(order, destination))
    found = found + (tonumber(length) or 1)
    looked = looked + 1
  end
end
return {found, looked > most and 1 or 0}
