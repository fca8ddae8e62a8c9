--#include time
--#include items
--#include orders
-- A change of an order's record that neither an event nor a look has made: compare-and-set of its version,
-- an entry of the timeline, and its watch looks soon, also one that has ended. One that is a dead letter
-- does only where it was given up for a question that is answered by this, and one that a person has ended does not.
--
-- ARGV: order, expected version, record, timeline entry, timeline cap, lease ms, retention ms of orders, the
--   code of that question, then the watch as in move_watches.
-- Answers 'amended', 'stale' or 'gone'.
local order, version = ARGV[1], tonumber(ARGV[2])
local known = tonumber(redis.call('HGET', ROOT .. 'order:' .. order, 'version'))
if not known or redis.call('EXISTS', ROOT .. 'record:' .. order) == 0 then return 'gone' end
if known ~= version then return 'stale' end
write_record(order, ARGV[3], version + 1)
note(order, tonumber(ARGV[5]), ARGV[4])
local watch = redis.call('HMGET', hash_of(watch_ref(ARGV[10], order)), 'state', 'code')
local abandoned = tonumber(get(ROOT .. 'order:' .. order, 'abandoned') or nil) == version and watch[1] == 'ended'
if abandoned then
  -- It stays given up in the version that this makes.
  set(ROOT .. 'order:' .. order, 'abandoned', version + 1)
  watch = {}
end
if watch[1] and (watch[1] ~= 'dead' or watch[2] == ARGV[8]) then
  move_watches(order, 9, 1, tonumber(ARGV[6]), {})
end
keep(order, tonumber(ARGV[7]))
return 'amended'
