-- A parcel goes where it was packed: its order is at home.
--
-- ARGV: order, the parcel's id. Answers 1, or 0 where it has gone before.
local key, parcels = KEYS[1] .. 'parcel:' .. ARGV[1], KEYS[1] .. 'parcels'
local kept = redis.call('GET', key)
if kept and string.match(kept, '^[^\n]*') ~= ARGV[2] then return 0 end
redis.call('SREM', parcels, ARGV[1])
return redis.call('DEL', key)
