--#include time
--#include items
-- Give back what was claimed and not begun: a worker stops, or a gate has closed. An item that
-- is no hash is passed over; a watch that an event has touched meanwhile is due at once.
--
-- ARGV: ms until it is due again, then ref and fence of each item. Answers how many were given back.
local given = 0
for i = 2, #ARGV, 2 do
  local ref = adopted(ARGV[i])
  local item = hash(hash_of(ref)).fields
  if item.state == 'leased' and item.fence == ARGV[i + 1] then
    make_due(ref, item.destination, NOW + (item.look_again and 0 or tonumber(ARGV[1])))
    given = given + 1
  end
end
flush()
return given
