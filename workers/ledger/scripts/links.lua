-- Which of two links of one order is newer: by the order's version that made it, which never begins anew
-- while a link of the order waits or is a dead letter. No clock decides, since clocks step back. Links of
-- the first releases outlived the version; they are older, and among them the moment goes first.
local function made(ref)
  local key = ROOT .. ref
  local seq = tonumber(get(key, 'seq') or 0)
  if get(key, 'open') then return string.format('v%015d', seq) end
  return string.format('%015d-%010d', tonumber(get(key, 'at') or 0), seq)
end

-- Note on the order that DECK has this link, unless it has a newer one.
local function remember_link(ref, order)
  local key = ROOT .. 'order:' .. order
  if hash(key).is_new or hash(key).bad then return end
  if made(ref) > (get(key, 'linked') or '') then set(key, 'linked', made(ref)) end
end

-- Whether a newer link of the order waits, is under way or was delivered.
local function is_outdated(ref, order, destination)
  local mine = made(ref)
  if (get(ROOT .. 'order:' .. order, 'linked') or '') > mine then return true end
  for _, other in ipairs(redis.call('LRANGE', lane_key(order, destination), 0, -1)) do
    if made(other) > mine then return true end
  end
  return false
end

-- End a link that is replaced by a newer one: at once, or, while it is under way, at its next Again
-- (settle looks at the mark).
local function replace_link(ref, order, retention, cap)
  if get(ROOT .. ref, 'state') == 'sending' then
    set(ROOT .. ref, 'superseded', 1)
  else
    finish(ref, 'superseded', retention)
    note(order, cap, 'O', short(ref))
  end
end

-- DECK has this link: older ones that wait, replayed since, must not follow it.
local function replace_older(ref, order, destination, retention, cap)
  local mine = made(ref)
  for _, other in ipairs(redis.call('LRANGE', lane_key(order, destination), 0, -1)) do
    if made(other) < mine then replace_link(other, order, retention, cap) end
  end
end
