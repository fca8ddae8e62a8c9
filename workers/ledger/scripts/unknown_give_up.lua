--#include time
--#include items
-- Deliveries to an endpoint that no worker knows become dead letters when they have waited for longer than a
-- time, whenever they are due; behind each the next of its lane is looked at. Those that a worker held when it
-- ended are among them.
--
-- ARGV: destination, ms since it was made, why, code, most that are given up, timeline cap.
-- Answers how many were given up.
local destination, after, why, code = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local most, cap, given = tonumber(ARGV[5]), tonumber(ARGV[6]), 0

local function has_waited(ref)
  local at = known(ROOT .. ref, 'at')
  return at and NOW - (tonumber(at) or NOW) >= after
end

local function give_up(ref)
  local state, order = get(ROOT .. ref, 'state'), get(ROOT .. ref, 'order')
  if state == 'sending' then
    count_ambiguous('worker')
    record_attempt(ref, 'ambiguous lease ended while sending')
    note(order, cap, 'U', short(ref))
  end
  record_attempt(ref, 'give_up ' .. code .. ' ' .. why)
  note(order, cap, 'G', destination, short(ref), code)
  bury(ref, why, code, false)
  given = given + 1
end

local function turn(refs)
  for _, ref in ipairs(refs) do
    if given < most and has_waited(ref) then give_up(ref) end
  end
end

local before
repeat
  before = given
  turn(redis.call('ZRANGE', due_key(destination), 0, most - 1))
  turn(redis.call('ZRANGEBYSCORE', leased_key(destination), '-inf', NOW, 'LIMIT', 0, most))
until given == before or given >= most
flush()
return given
