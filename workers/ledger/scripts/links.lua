-- Which of two links of one order is newer. The order's version tells, but begins anew when the
-- order is forgotten after its retention; so the moment it was made goes first.
local function made(ref)
  local item = redis.call('HMGET', ROOT .. ref, 'at', 'seq')
  return string.format('%015d-%010d', tonumber(item[1] or 0), tonumber(item[2] or 0))
end

-- Note on the order that DECK has this link, unless it has a newer one.
local function remember_link(ref, order)
  local key = ROOT .. 'order:' .. order
  if redis.call('EXISTS', key) == 0 then return end
  local known = redis.call('HGET', key, 'linked') or ''
  if made(ref) > known then redis.call('HSET', key, 'linked', made(ref)) end
end

-- Whether a newer link of the order waits, is under way or was delivered.
local function is_outdated(ref, order, destination)
  local mine = made(ref)
  if (redis.call('HGET', ROOT .. 'order:' .. order, 'linked') or '') > mine then return true end
  for _, other in ipairs(redis.call('LRANGE', lane_key(order, destination), 0, -1)) do
    if made(other) > mine then return true end
  end
  return false
end
