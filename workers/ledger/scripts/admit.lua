--#include time
--#include items
--#include roster
--#include links
--#include deliveries
--#include orders
--#include origin
-- One event becomes durable: dedup, compare-and-set of the order's version, the
-- record, the watch and the deliveries, or nothing at all.
--
-- ARGV: digest of source and id, the event's mark, dedup ms, order, expected
--   version, record, watch move ('none', 'start', 'look', 'end'), watch destination, its
--   direct flag, its cap, lease ms, retention ms of orders, of ended deliveries,
--   timeline entry ('' for none), timeline cap, version of the roster that it was planned with, the event's source as a
--   mark and as a text ('' for none), number of deliveries, then six of each: id, destination, kind,
--   payload, direct flag, cap.
-- Answers {'duplicate'}, {'conflict', mark} (the same id with another meaning), {'newer'} (its mark is
--   of another format, which this release cannot compare), {'stale', version} or
--   {'admitted', destination, ref, fence, …} with what was leased at once; or {'merged', source, …} with
--   the same, where the order's first event was of that other source and none of this one's came yet.
local seen_key, mark, order, expected = ROOT .. 'seen:' .. ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5])
local seen = redis.call('GET', seen_key)
if seen then
  -- A mark leads with its format, '2:'. One without is a digest of bytes, of the first release: blanks
  -- may be all that differs, so the same id is the same event.
  local format = string.match(seen, '^%w+:')
  if seen == mark or not format then
    count('duplicate')
    return {'duplicate'}
  end
  if format ~= string.match(mark, '^%w+:') then return {'newer'} end
  return {'conflict', seen}
end

local ref = 'order:' .. order
local version = tonumber(redis.call('HGET', ROOT .. ref, 'version') or 0)
if version ~= expected then return {'stale', version} end
if roster_version() ~= ARGV[16] then return {'stale', version} end

local move, lease, retention = ARGV[7], tonumber(ARGV[11]), tonumber(ARGV[12])
check_keys(order, 20, tonumber(ARGV[19]))
local first = begun_by(order, version, ARGV[17], ARGV[18])
redis.call('SET', seen_key, mark, 'PX', ARGV[3])
write_record(order, ARGV[6], version + 1)
-- Before what follows from it, so that the timeline reads as it happened.
local log_cap = tonumber(ARGV[15])
note(order, log_cap, ARGV[14])
if first then
  note(order, log_cap, 'M', ARGV[18], first)
  count('merged')
end
local leased = enter_all(order, version + 1, 20, tonumber(ARGV[19]), lease, tonumber(ARGV[13]), log_cap)

local state = redis.call('HGET', ROOT .. ref, 'state')
if move == 'start' or (move == 'look' and state and state ~= 'ended') then
  local fence = look(ref, ARGV[8], ARGV[9] == '1', tonumber(ARGV[10]), lease)
  if fence then
    leased[#leased + 1] = ARGV[8]
    leased[#leased + 1] = ref
    leased[#leased + 1] = fence
  end
elseif move == 'end' then
  end_watch(ref)
end
keep(order, retention)
count('admitted')
if first then table.insert(leased, 1, first) end
table.insert(leased, 1, first and 'merged' or 'admitted')
return leased
