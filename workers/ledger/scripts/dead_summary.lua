-- The partition's dead letters, counted by kind and destination. Of more than twice as many as one end may
-- have, the oldest and the newest are read, and those between them are only counted. Changes nothing.
--
-- KEYS: the partition's prefix. ARGV: how many are read at each end.
-- Answers four of each group: kind, destination, how many, UTC ms of its oldest; those between are
-- of kind and destination ''.
local ROOT, most = KEYS[1], tonumber(ARGV[1])
local DEAD = ROOT .. 'dead'

local function field(key, name)
  local found = redis.pcall('HGET', key, name)
  return type(found) == 'string' and found or nil
end

-- A watch that is not the order's first has a hash of its own.
local function destination_of(ref, order)
  return field(ROOT .. ref, 'destination') or field(ROOT .. 'order:' .. order, 'destination') or ''
end

local function place(ref)
  if string.sub(ref, 1, 6) == 'event:' then return 'event', '' end
  if string.sub(ref, 1, 9) == 'delivery:' then
    local kind = field(ROOT .. ref, 'kind') or 'notification'
    return kind == 'change' and 'notification' or kind, field(ROOT .. ref, 'destination') or ''
  end
  return 'watch', destination_of(ref, string.match(ref, '^watch:[^:]*:(.*)$') or string.sub(ref, 7))
end

local groups, named = {}, {}
local function add(kind, destination, ms, n)
  local name = kind .. ' ' .. destination
  if not groups[name] then
    groups[name] = {kind, destination, 0, ms}
    named[#named + 1] = name
  end
  groups[name][3] = groups[name][3] + n
end

local function read(first, last)
  local found = redis.call('ZRANGE', DEAD, first, last, 'WITHSCORES')
  for n = 1, #found, 2 do
    local kind, destination = place(found[n])
    add(kind, destination, found[n + 1], 1)
  end
  return #found / 2
end

local total = redis.call('ZCARD', DEAD)
if total <= 2 * most then
  read(0, -1)
else
  read(0, most - 1)
  local between = redis.call('ZRANGE', DEAD, most, most, 'WITHSCORES')
  add('', '', between[2], total - 2 * most)
  read(-most, -1)
end
local answer = {}
for _, name in ipairs(named) do
  for _, one in ipairs(groups[name]) do answer[#answer + 1] = one end
end
return answer
