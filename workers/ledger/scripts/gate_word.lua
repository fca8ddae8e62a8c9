-- What a person finds who opens a gate: it is opened, or it was before.
local function word_of(gate)
  local known = redis.call('HMGET', gate, 'until', 'open', 'probe', 'opened')
  local closed = tonumber(known[1] or 0)
  if closed <= NOW and known[2] and known[4] == known[1] then return 'trial' end
  if closed <= NOW and not (known[2] and tonumber(known[3] or 0) > NOW) then return 'open' end
  redis.call('HSET', gate, 'until', NOW, 'open', 1, 'opened', NOW)
  redis.call('HDEL', gate, 'probe')
  return 'opened'
end
