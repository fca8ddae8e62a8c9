--#include time
--#include items
--#include links
--#include deliveries
--#include orders
-- What a look saw of one order: compare-and-set of the order's version, and in the same
-- step the deliveries that the transitions make and the watches that they move. The watch is moved only
-- by the run that holds its fence; a run that lost it may still record what it saw first, unless a later question was
-- answered meanwhile. Where an event came during the look, the next look is at once, whatever this one led to, the watch's end included.
--
-- ARGV: ref, order, fence, run, expected version ('-1' for any), record ('' when nothing changed), ms
--   until the next look or '-1' when the watch ends, lease ms, retention ms of orders, of ended
--   deliveries, timeline entry ('' for none), timeline cap, version of the roster that it was planned with, what the watch
--   itself has seen ('' when that is as before), ms at which the question was asked, number of deliveries, then six of each as in admit, number
--   of watches that a changed record moves, then five of each, prepared results ('' for none), the traceparent of what
--   it makes ('' for none).
-- Answers {'stale', version}, {'gone'} or {'advanced', 1 where more is due at the watch's destination,
--   …} with what was leased at once, see add_leased.
local ref, order, expected = adopted(ARGV[1]), ARGV[2], tonumber(ARGV[5])
expect_numbers(17, tonumber(ARGV[16]))
local version = tonumber(get(ROOT .. 'order:' .. order, 'version') or nil)
if not version then return {'gone'} end
if expected >= 0 and version ~= expected then return {'stale', version} end
local key = hash_of(ref)
local holds = get(key, 'state') == 'sending' and get(key, 'fence') == ARGV[3] and get(key, 'run') == ARGV[4]
-- Whoever holds the watch now has asked later.
if not holds and tonumber(get(key, 'looked') or 0) > tonumber(ARGV[15]) then return {'advanced', 0} end
local words = redis.call('MGET', ROOT .. 'roster', ROOT .. 'held')
held = words[2] ~= false
if ARGV[6] ~= '' and (words[1] or '') ~= ARGV[13] then return {'stale', version} end

local leased, destination = {}, get(key, 'destination')
local lease, log_cap = tonumber(ARGV[8]), tonumber(ARGV[12])
if ARGV[6] ~= '' then
  local made = tonumber(ARGV[16])
  check_keys(order, 17, made)
  write_record(order, ARGV[6], version + 1)
  note(order, log_cap, ARGV[11])
  local at = 17 + 6 * made
  local prepared = at + 1 + 5 * tonumber(ARGV[at])
  made_by = {ms = tonumber(ARGV[15]), trace = ARGV[prepared + 1] ~= '' and ARGV[prepared + 1]}
  leased = enter_all(order, version + 1, 17, made, lease, tonumber(ARGV[10]), log_cap)
  record_prepared(order, ARGV[prepared])
  move_watches(order, at + 1, tonumber(ARGV[at]), lease, leased)
elseif holds then
  note(order, log_cap, ARGV[11])
end

if holds then
  forget_run(key)
  recover(ref, 'history')
  drop(key, 'history')
  set(key, 'tries', 0)
  set(key, 'looked', NOW)
  if ARGV[14] ~= '' then set(key, 'seen', ARGV[14]) end
  if get(key, 'look_again') then
    make_due(ref, destination, NOW)
    if ARGV[7] == '-1' then note(order, log_cap, 'J', short(ref)) end
  elseif ARGV[7] == '-1' then
    end_watch(ref, 'complete')
  else
    make_due(ref, destination, NOW + tonumber(ARGV[7]))
  end
end
if ARGV[6] ~= '' or ARGV[7] == '-1' then keep(order, tonumber(ARGV[9])) else flush() end
table.insert(leased, 1, has_due(destination))
table.insert(leased, 1, 'advanced')
return leased
