--#include time
--#include items
--#include roster
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
--   of watches that a changed record moves, then five of each.
-- Answers {'stale', version}, {'gone'} or {'advanced', destination, ref, fence, …}.
local ref, order, expected = adopted(ARGV[1]), ARGV[2], tonumber(ARGV[5])
local version = tonumber(redis.call('HGET', ROOT .. 'order:' .. order, 'version'))
if not version then return {'gone'} end
if expected >= 0 and version ~= expected then return {'stale', version} end
local key = hash_of(ref)
local item = redis.call('HMGET', key, 'state', 'fence', 'run', 'destination', 'look_again', 'looked')
local holds = item[1] == 'sending' and item[2] == ARGV[3] and item[3] == ARGV[4]
-- Whoever holds the watch now has asked later.
if not holds and tonumber(item[6] or 0) > tonumber(ARGV[15]) then return {'advanced'} end
if ARGV[6] ~= '' and roster_version() ~= ARGV[13] then return {'stale', version} end

local leased = {}
local lease, log_cap = tonumber(ARGV[8]), tonumber(ARGV[12])
if ARGV[6] ~= '' then
  local made = tonumber(ARGV[16])
  check_keys(order, 17, made)
  write_record(order, ARGV[6], version + 1)
  note(order, log_cap, ARGV[11])
  leased = enter_all(order, version + 1, 17, made, lease, tonumber(ARGV[10]), log_cap)
  local at = 17 + 6 * made
  move_watches(order, at + 1, tonumber(ARGV[at]), lease, leased)
elseif holds then
  note(order, log_cap, ARGV[11])
end

if holds then
  redis.call('HDEL', key, 'run', 'history')
  redis.call('HSET', key, 'tries', 0, 'looked', NOW)
  if ARGV[14] ~= '' then redis.call('HSET', key, 'seen', ARGV[14]) end
  if item[5] then
    make_due(ref, item[4], NOW)
    if ARGV[7] == '-1' then note(order, log_cap, 'J', short(ref)) end
  elseif ARGV[7] == '-1' then
    end_watch(ref)
  else
    make_due(ref, item[4], NOW + tonumber(ARGV[7]))
  end
end
if ARGV[6] ~= '' or ARGV[7] == '-1' then keep(order, tonumber(ARGV[9])) end
table.insert(leased, 1, 'advanced')
return leased
