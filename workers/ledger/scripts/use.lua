--#include time
--#include items
--#include purchase_orders
-- An order of the ERP has this purchase order.
--
-- ARGV: bucket and place of the purchase order, days after which an order is old, '1' where the records of
--   all orders are in this partition, the order's name.
-- Answers the lines of all that have it.
return use(ARGV[1], ARGV[2], ARGV[5], tonumber(ARGV[3]), ARGV[4] == '1') or ''
