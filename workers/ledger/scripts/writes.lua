-- Hashes, counts and timelines as one script sees them: a hash is read once, and each key is written once, by
-- `flush` at the script's end, with all that was set of it, counted or noted meanwhile.

-- What is read of a hash, and enough for most scripts; any other field is read when it is asked for.
local OF_DELIVERY = {'state', 'fence', 'run', 'tries', 'destination', 'order', 'kind', 'open', 'superseded',
  'history', 'seq', 'at', 'number', 'code'}
local OF_WATCH = {'state', 'fence', 'run', 'tries', 'destination', 'history', 'look_again', 'looked', 'version',
  'watches', 'open', 'sources', 'linked', 'seen', 'life', 'trace'}

-- Whether these are enough to show that there is no such hash; a script that reads fewer sets it to false.
local tells_new = true

-- Lua's stack holds some 8,000 texts, and an event may concern more receivers: each part is what a command takes.
local AT_ONCE = 1000
local function parts_of(texts)
  if #texts <= AT_ONCE then return {texts} end
  local parts = {}
  for n = 1, #texts, AT_ONCE do parts[#parts + 1] = {unpack(texts, n, math.min(n + AT_ONCE - 1, #texts))} end
  return parts
end

-- Fields of a hash in their order, or an error.
local function read_fields(key, names)
  if #names <= AT_ONCE then return redis.pcall('HMGET', key, unpack(names)) end
  local found = {}
  for _, part in ipairs(parts_of(names)) do
    local values = redis.pcall('HMGET', key, unpack(part))
    if values.err then return values end
    for n = 1, #part do found[#found + 1] = values[n] end
  end
  return found
end

local hashes, touched = {}, {}

-- The hash at a key: its fields as they are by now, false for one that it has not. One of another kind is `bad`.
local function hash(key)
  local one = hashes[key]
  if one then return one end
  local names = string.sub(key, #ROOT + 1, #ROOT + 9) == 'delivery:' and OF_DELIVERY or OF_WATCH
  local found = read_fields(key, names)
  one = {bad = found.err ~= nil, is_new = tells_new and not found.err, fields = {}, was = {}, names = {}}
  if not one.bad then
    for n, name in ipairs(names) do
      one.fields[name], one.was[name] = found[n], found[n]
      if found[n] then one.is_new = false end
    end
  end
  hashes[key] = one
  return one
end

-- A field, false where there is none. A key of another kind ends the script.
local function get(key, name)
  local one = hash(key)
  if one.bad or (one.fields[name] == nil and not one.is_new) then
    one.fields[name] = redis.call('HGET', key, name)
  end
  return one.fields[name] or false
end

-- The same, false too where a key of another kind stands.
local function known(key, name)
  return not hash(key).bad and get(key, name)
end

local function change(key, name, value)
  local one = hash(key)
  if one.bad then redis.call('HGET', key, name) end
  if #one.names == 0 then touched[#touched + 1] = key end
  if one.names[name] == nil then one.names[#one.names + 1] = name end
  one.names[name], one.fields[name] = true, value
end

local function set(key, name, value)
  if type(value) == 'number' then value = string.format('%.17g', value) end
  if hash(key).fields[name] ~= value then change(key, name, value) end
end

-- Take fields away. One that was not read may be there.
local function drop(key, ...)
  for _, name in ipairs({...}) do
    if hash(key).fields[name] ~= false and not hash(key).is_new then change(key, name, false) end
  end
end

-- Answers the number that it becomes.
local function add(key, name, by)
  local now = tonumber(get(key, name) or 0) + by
  set(key, name, now)
  return now
end

local counts, counted = {}, {}
local function count(name)
  if not counts[name] then counted[#counted + 1] = name end
  counts[name] = (counts[name] or 0) + 1
end

-- One entry of an order's timeline: six bytes of ms, a code and its texts, joined by a byte that no text
-- has. The codes, and what a worker has encoded, are those of serializers/timeline.
local logs, noted = {}, {}
local function note(order, cap, code, ...)
  if code == '' then return end
  local texts = {...}
  for n = 1, select('#', ...) do texts[n] = texts[n] or '' end
  if not logs[order] then
    logs[order] = {cap = cap}
    noted[#noted + 1] = order
  end
  local log = logs[order]
  log[#log + 1] = struct.pack('>I6', NOW) .. code .. table.concat(texts, '\255')
end

-- A timeline that starts after its order's watch has ended must not stay for ever. One that would start after
-- its order is gone is read by nobody, and is not begun. What `keep` decides is decided there.
-- A key of another kind in its place costs the entries, not what they are about.
local function write_log(order, log)
  local key = ROOT .. 'log:' .. order
  local length
  for _, part in ipairs(parts_of(log)) do
    length = redis.pcall('RPUSH', key, unpack(part))
    if type(length) == 'table' then return end
  end
  if length > log.cap then redis.call('LTRIM', key, -log.cap, -1) end
  log.begins = length == #log
  if log.kept or not log.begins then return end
  local life = redis.call('PTTL', ROOT .. 'order:' .. order)
  if life == -2 then redis.call('DEL', key) end
  if life >= 0 then redis.call('PEXPIRE', key, life) end
end

local function write_hash(key, one)
  local gone, new = {}, {}
  for _, name in ipairs(one.names) do
    local value = one.fields[name]
    if not value then
      gone[#gone + 1] = name
    elseif value ~= one.was[name] then
      new[#new + 1] = name
      new[#new + 1] = value
    end
  end
  -- What frees goes first: a full Redis refuses a script whose first write may need memory.
  if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
  if #new == 0 then return end
  for _, part in ipairs(parts_of(new)) do redis.call('HSET', key, unpack(part)) end
end

-- Release looks at a destination no later than at this moment; an earlier one stays, and where there is one
-- the destination is among those with work.
local looks, looked_at = {}, {}
local function look_by(destination, at)
  if looks[destination] and looks[destination] <= at then return end
  if not looks[destination] then looked_at[#looked_at + 1] = destination end
  looks[destination] = at
end

local function write_looks()
  if #looked_at == 0 then return end
  local moments = {}
  for _, destination in ipairs(looked_at) do
    moments[#moments + 1] = looks[destination]
    moments[#moments + 1] = destination
  end
  local changed = 0
  for _, part in ipairs(parts_of(moments)) do
    changed = changed + redis.call('ZADD', ROOT .. 'next', 'LT', 'CH', unpack(part))
  end
  for _, part in ipairs(changed > 0 and parts_of(looked_at) or {}) do
    redis.call('SADD', ROOT .. 'destinations', unpack(part))
  end
  looked_at = {}
end

--#include results

-- Write all of it.
local function flush()
  for _, key in ipairs(touched) do write_hash(key, hashes[key]) end
  for _, order in ipairs(noted) do write_log(order, logs[order]) end
  write_results()
  for _, name in ipairs(counted) do redis.call('HINCRBY', ROOT .. 'counts', name, counts[name]) end
  write_looks()
  hashes, touched, noted, counts, counted = {}, {}, {}, {}, {}
end
