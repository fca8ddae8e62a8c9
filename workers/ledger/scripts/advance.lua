--#include time
--#include items
--#include roster
--#include links
--#include deliveries
--#include orders
-- What a poll saw of one order: compare-and-set of the snapshot's version, and in the same
-- step the deliveries that the transitions make. The watch is moved only by the run that
-- holds its fence; a run that lost it may still record what it saw first, unless a later question was
-- answered meanwhile. Where an event came during
-- the look, the next look is at once, whatever this one led to, the watch's end included.
--
-- ARGV: order, fence, run, expected version, record ('' when nothing changed), ms until the
--   next look or '-1' when the watch ends, lease ms, retention ms of orders, of ended
--   deliveries, timeline entry ('' for none), timeline cap, version of the roster that it was planned with, ms at
--   which the question was asked, number of deliveries, then six of each as in admit.
-- Answers {'stale', version}, {'gone'} or {'advanced', destination, ref, fence, …}.
local order, expected = ARGV[1], tonumber(ARGV[4])
local ref = 'order:' .. order
local item = redis.call('HMGET', ROOT .. ref,
  'version', 'state', 'fence', 'run', 'destination', 'look_again', 'looked')
if not item[1] then return {'gone'} end
local version = tonumber(item[1])
if version ~= expected then return {'stale', version} end
local holds = item[2] == 'sending' and item[3] == ARGV[2] and item[4] == ARGV[3]
-- Whoever holds the watch now has asked later.
if not holds and tonumber(item[7] or 0) > tonumber(ARGV[13]) then return {'advanced'} end
if ARGV[5] ~= '' and roster_version() ~= ARGV[12] then return {'stale', version} end

local leased = {}
if ARGV[5] ~= '' then
  check_keys(order, 15, tonumber(ARGV[14]))
  write_record(order, ARGV[5], version + 1)
  local log_cap = tonumber(ARGV[11])
  note(order, log_cap, ARGV[10])
  leased = enter_all(order, version + 1, 15, tonumber(ARGV[14]), tonumber(ARGV[7]), tonumber(ARGV[9]), log_cap)
end

if holds then
  redis.call('HDEL', ROOT .. ref, 'run', 'history')
  redis.call('HSET', ROOT .. ref, 'tries', 0, 'looked', NOW)
  if item[6] then
    make_due(ref, item[5], NOW)
    if ARGV[6] == '-1' then note(order, tonumber(ARGV[11]), 'J', short(ref)) end
  elseif ARGV[6] == '-1' then
    end_watch(ref)
  else
    make_due(ref, item[5], NOW + tonumber(ARGV[6]))
  end
end
if ARGV[5] ~= '' or ARGV[6] == '-1' then keep(order, tonumber(ARGV[8])) end
table.insert(leased, 1, 'advanced')
return leased
