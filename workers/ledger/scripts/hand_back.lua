--#include time
--#include items
-- Give back what was claimed and not begun: a worker stops, or a gate has closed. An item that
-- is no hash is passed over; a watch that an event has touched meanwhile is due at once.
--
-- ARGV: ms until it is due again, then ref and fence of each item. Answers how many were given back.
local given = 0
for i = 2, #ARGV, 2 do
  local ref = adopted(ARGV[i])
  local item = redis.pcall('HMGET', hash_of(ref), 'state', 'fence', 'destination', 'look_again')
  if not item.err and item[1] == 'leased' and item[2] == ARGV[i + 1] then
    make_due(ref, item[3], NOW + (item[4] and 0 or tonumber(ARGV[1])))
    given = given + 1
  end
end
return given
