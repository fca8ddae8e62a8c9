-- Whose orders are whose: the sources that events name, and the orders that have events of several.

-- The table of sources serves people, so a key of another kind in its place costs nobody an event. A
-- producer that names another source with every event does not fill Redis with it.
local MOST_SOURCES = 1000

local function know_source(mark, source)
  local key = ROOT .. 'sources'
  if redis.pcall('HEXISTS', key, mark) ~= 0 then return end
  if redis.call('HLEN', key) < MOST_SOURCES then redis.call('HSET', key, mark, source) end
end

local function named_source(mark)
  local name = redis.pcall('HGET', ROOT .. 'sources', mark)
  return type(name) == 'string' and name or mark
end

-- Note the event's source on its order. Answers the order's first source where this one is another, and
-- none of its events has come yet. An order whose record is gone begins anew: its number is used again.
local function begun_by(order, version, has_record, mark, source)
  if mark == '' then return nil end
  local key = ROOT .. 'order:' .. order
  local known = get(key, 'sources') or ''
  if not has_record then
    known = ''
    if version > 0 then set(key, 'anew', version + 1) end
  end
  -- The table had it first.
  if string.find(known, mark, 1, true) then return nil end
  know_source(mark, source)
  -- Sixteen sources are distinguished; what comes from a further one is reported each time.
  if #known < 16 * 9 then set(key, 'sources', known .. mark .. ' ') end
  if known == '' then return nil end
  return named_source(string.sub(known, 1, 8))
end
