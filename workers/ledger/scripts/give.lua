--#include items
--#include purchase_orders
-- Which of Westcon's orders are whose under a purchase order: compare-and-set, so that no two orders of
-- the ERP are given the same.
--
-- ARGV: bucket and place of the purchase order, its lines as they were read, and as they are to be.
-- Answers 1, or 0 where others have changed them meanwhile.
local text, was_long = uses_of(ARGV[1], ARGV[2])
if text ~= ARGV[3] then
  -- The same request again, after a lost answer.
  return text == ARGV[4] and 1 or 0
end
write_uses(ARGV[1], ARGV[2], ARGV[4], was_long)
return 1
