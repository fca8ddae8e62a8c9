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
--   {'go', attempts, order, kind, payload, number, code of the last failed attempt, ms since when it is to be
--   delivered, traceparent of what made it} for a delivery, whose number is nil where an older release made it;
--   {'go', attempts, version, record, ms of now, what the watch itself has seen, traceparent of the order's
--   newest event} for a watch.
local run, lease, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local cap = tonumber(ARGV[4])
-- They are answered, so that they are read with the others.
for _, name in ipairs({'payload', 'waited', 'trace'}) do OF_DELIVERY[#OF_DELIVERY + 1] = name end

local function permit(ref, fence)
  local key = hash_of(ref)
  if hash(key).bad or get(key, 'fence') ~= fence then return 'no' end
  local state, destination = get(key, 'state'), get(key, 'destination')
  if state == 'sending' then return get(key, 'run') == run and 'go' or 'no' end
  if state ~= 'leased' then return 'no' end
  if is_parked(destination) then
    make_due(ref, destination, NOW)
    return 'no'
  end
  local is_watch = watched(ref) ~= nil
  if is_watch and get(key, 'look_again') then
    drop(key, 'look_again')
    set(key, 'tries', 0)
  end
  if tonumber(get(key, 'tries') or 0) >= most then
    local why = 'its ' .. get(key, 'tries') .. ' attempts are used up, and none is known to have ended well'
    record_attempt(ref, 'give_up worker_lost ' .. why)
    note(order_of(ref, not is_watch and get(key, 'order')), cap, 'G', destination, short(ref), 'worker_lost')
    bury(ref, why, 'worker_lost', ARGV[5] == '1')
    return 'dead'
  end
  begin_attempt(key, run)
  -- One that was leased just now has nearly all of its lease.
  local ends = tonumber(redis.call('ZSCORE', leased_key(destination), ref) or 0)
  if math.abs(NOW + lease - ends) > lease / 20 then
    redis.call('ZADD', leased_key(destination), NOW + lease, ref)
  end
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
    local key = hash_of(ref)
    local version = known(ROOT .. 'order:' .. order, 'version')
    local record = redis.pcall('GET', ROOT .. 'record:' .. order)
    if type(record) == 'table' then record = false end
    answers[#answers + 1] = {'go', get(key, 'tries'), version, record, NOW, get(key, 'seen'),
      known(ROOT .. 'order:' .. order, 'trace')}
  else
    local key = ROOT .. ref
    answers[#answers + 1] = {'go', get(key, 'tries'), get(key, 'order'), get(key, 'kind'), get(key, 'payload'),
      get(key, 'number'), get(key, 'code'),
      tonumber(get(key, 'at') or 0) - tonumber(get(key, 'waited') or 0), get(key, 'trace')}
  end
end
flush()
return answers
