--#include time
--#include items
-- The start of an attempt, once per fence, before the payload is read. The same run asking
-- again (its answer was lost) is answered yes again; anybody else is refused. An ended
-- lease that nobody has claimed back is still good. An item that is no hash is refused, and
-- a record that is no string is answered as missing: the others of the call go on. A watch that an event
-- touched since its last look began has all its attempts: this look sees what the event brought.
--
-- ARGV: run, lease ms, most attempts, timeline cap, '1' when the destination holds what stands behind
--   a dead letter, then ref and fence of each item.
-- Answers per item {'no'}, {'dead'} (its attempts were used up by workers that died), or
--   {'go', attempts, order, kind, payload, number, code of the last failed attempt} for a delivery, whose
--   number is nil where an older release made it; {'go', attempts, version, record, ms of now, what the
--   watch itself has seen} for a watch.
local run, lease, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local cap = tonumber(ARGV[4])

local function permit(ref, fence)
  local key = hash_of(ref)
  local item = redis.pcall('HMGET', key, 'state', 'fence', 'run', 'tries', 'destination', 'order', 'look_again')
  if item.err then return 'no' end
  if item[2] ~= fence then return 'no' end
  if item[1] == 'sending' then return item[3] == run and 'go' or 'no' end
  if item[1] ~= 'leased' then return 'no' end
  if is_parked(item[5]) then
    make_due(ref, item[5], NOW)
    return 'no'
  end
  if item[7] then
    redis.call('HDEL', key, 'look_again')
    redis.call('HSET', key, 'tries', 0)
    item[4] = 0
  end
  if tonumber(item[4] or 0) >= most then
    local why = 'its ' .. item[4] .. ' attempts are used up, and none is known to have ended well'
    record_attempt(ref, 'give_up worker_lost ' .. why)
    note(order_of(ref, item[6]), cap, 'G', item[5], short(ref), 'worker_lost')
    bury(ref, why, 'worker_lost', ARGV[5] == '1')
    return 'dead'
  end
  redis.call('HSET', key, 'state', 'sending', 'run', run)
  redis.call('HINCRBY', key, 'tries', 1)
  redis.call('ZADD', leased_key(item[5]), NOW + lease, ref)
  return 'go'
end

local answers = {}
for i = 6, #ARGV, 2 do
  local ref = adopted(ARGV[i])
  local partner, order = watched(ref)
  local answer = permit(ref, ARGV[i + 1])
  if answer ~= 'go' then
    answers[#answers + 1] = {answer}
  elseif partner then
    local item = redis.call('HMGET', hash_of(ref), 'tries', 'seen')
    local version = redis.pcall('HGET', ROOT .. 'order:' .. order, 'version')
    local record = redis.pcall('GET', ROOT .. 'record:' .. order)
    if type(version) == 'table' then version = false end
    if type(record) == 'table' then record = false end
    answers[#answers + 1] = {'go', item[1], version, record, NOW, item[2]}
  else
    local item = redis.call('HMGET', ROOT .. ref, 'tries', 'order', 'kind', 'payload', 'number', 'code')
    answers[#answers + 1] = {'go', item[1], item[2], item[3], item[4], item[5], item[6]}
  end
end
return answers
