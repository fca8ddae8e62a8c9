--#include time
--#include items
--#include links
--#include deliveries
--#include orders
--#include origin
--#include settled
--#include purchase_orders
-- One event becomes durable: dedup, compare-and-set of the order's version, the
-- record, the watch and the deliveries, or nothing at all. Its entry of the stream is acknowledged in the
-- same step, where it need not come again: what was decided of the event is durable.
--
-- ARGV: digest of source and id, the event's mark, dedup ms, order, expected
--   version, record, lease ms, retention ms of orders, of ended deliveries,
--   timeline entry ('' for none), timeline cap, version of the roster that it was planned with, the event's source as a
--   mark and as a text ('' for none), the entry, its stream and group, version of the layout by which the order was found
--   here, with a '!' where it belongs elsewhere, number of deliveries, then six of each: id, destination, kind,
--   payload, direct (see start), cap; number of watches that it moves, then five of each: see move_watches; then the event's
--   traceparent ('' for none), prepared results ('' for none, see record_prepared), and, where the order's purchase order is
--   indexed in this partition, four of it: see use.
-- Answers {'duplicate'}, {'conflict', mark} (the same id with another meaning), {'newer'} (its mark is
--   of another format, which this release cannot compare), {'stale', version,
--   record, version of the roster} (the version alone where those cannot be read, or where the order is to be looked for
--   anew: the partition follows another layout, or an order that belongs elsewhere has left) or {'admitted', …} with what was leased at once, see add_leased; or {'merged', source, …} with
--   the same, where the order's first event was of that other source and none of this one's came yet.
local seen_key, mark, order, expected = ROOT .. 'seen:' .. ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5])
local words = redis.call('MGET', seen_key, ROOT .. 'roster', ROOT .. 'held', ROOT .. 'layout')
local seen, roster = words[1], words[2] or ''
held = words[3] ~= false
if seen then
  -- A mark leads with its format, '2:'. One without is a digest of bytes, of the first release: blanks
  -- may be all that differs, so the same id is the same event.
  local format = string.match(seen, '^%w+:')
  if seen == mark or not format then
    -- First, since it frees: a full Redis refuses a script whose first write may need memory.
    settle_entry(ARGV[16], ARGV[17], ARGV[15])
    count('duplicate')
    flush()
    return {'duplicate'}
  end
  if format ~= string.match(mark, '^%w+:') then return {'newer'} end
  return {'conflict', seen}
end

local placed, elsewhere = string.match(ARGV[18], '^(%d+)(!?)$')
if placed ~= (words[4] or '0') then return {'stale', 0} end
if elsewhere == '!' and redis.call('EXISTS', ROOT .. 'order:' .. order, ROOT .. 'record:' .. order) == 0 then
  return {'stale', 0}
end
local made = tonumber(ARGV[19])
expect_numbers(20, made)
local version = tonumber(get(ROOT .. 'order:' .. order, 'version') or 0)
local function stale()
  local record = redis.pcall('GET', ROOT .. 'record:' .. order)
  if type(record) == 'table' then return {'stale', version} end
  return {'stale', version, record, roster}
end
if version ~= expected then return stale() end
if roster ~= ARGV[12] then return stale() end

local lease, retention = tonumber(ARGV[7]), tonumber(ARGV[8])
check_keys(order, 20, made)
local has_record = redis.call('STRLEN', ROOT .. 'record:' .. order) > 0
redis.call('SET', seen_key, mark, 'PX', ARGV[3])
local first = begun_by(order, version, has_record, ARGV[13], ARGV[14])
write_record(order, ARGV[6], version + 1)
local at = 20 + 6 * made
local traced = at + 1 + 5 * tonumber(ARGV[at])
if not has_record then begin_life(order, ARGV[1]) end
if ARGV[traced] ~= '' then set(ROOT .. 'order:' .. order, 'trace', ARGV[traced]) end
record_prepared(order, ARGV[traced + 1])
-- Before what follows from it, so that the timeline reads as it happened.
local log_cap = tonumber(ARGV[11])
note(order, log_cap, ARGV[10])
if first then
  note(order, log_cap, 'M', ARGV[14], first)
  count('merged')
end
made_by = {ms = tonumber(string.match(ARGV[15], '^%d+')), trace = ARGV[traced] ~= '' and ARGV[traced]}
local leased = enter_all(order, version + 1, 20, made, lease, tonumber(ARGV[9]), log_cap)

local indexed = traced + 2
if ARGV[indexed] then
  use(ARGV[indexed], ARGV[indexed + 1], order, tonumber(ARGV[indexed + 2]), ARGV[indexed + 3] == '1')
end
move_watches(order, at + 1, tonumber(ARGV[at]), lease, leased)
count('admitted')
keep(order, retention)
-- After the others: what Redis has no room for is not acknowledged.
settle_entry(ARGV[16], ARGV[17], ARGV[15])
if first then table.insert(leased, 1, first) end
table.insert(leased, 1, first and 'merged' or 'admitted')
return leased
