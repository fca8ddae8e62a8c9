--#include time
--#include items
-- An order is set up where it belongs from its parcel, see pack.lua: once for each parcel.
--
-- A parcel without the order's hash has what was left of the order: where the order has begun anew at home, what is
-- there stays as it is. An order that is at home already, or what waits of it, is there twice: nothing is done.
--
-- That it was unpacked is known as long as the parcel is there, however long nobody meets it; who takes the parcel away
-- has the mark end, see parcels.py.
--
-- ARGV: order, parcel, version of the layout by which this is its place.
-- Answers {'unpacked'}, {'known'} (it was before), {'older'} (the partition follows a newer layout) or {'twice', name
--   of the key that is there already}.
local order, parcel = ARGV[1], ARGV[2]
local mark, id = ROOT .. 'unpacked:' .. order, string.match(parcel, '^[^\n]*')
if redis.call('GET', mark) == id then return {'known'} end
local followed = tonumber(redis.call('GET', ROOT .. 'layout') or 0)
if followed > tonumber(ARGV[3]) then return {'older'} end

local packed = cmsgpack.unpack(string.sub(parcel, #id + 2))
local parts, scores, sources = packed[1], packed[2], packed[3]
local has_order = parts[1] ~= nil and parts[1][1] == 'order:' .. order

local waits = {}
for _, one in ipairs(scores) do waits[one[2]] = true end
local function may_be_left(name)
  return not has_order and not waits[name] and string.sub(name, 1, 5) ~= 'lane:'
end

local missing = {}
for _, part in ipairs(parts) do
  if redis.call('EXISTS', ROOT .. part[1]) == 0 then
    missing[#missing + 1] = part
  elseif not may_be_left(part[1]) then
    return {'twice', part[1]}
  end
end

-- So many texts as Lua's stack holds.
local AT_ONCE = 1000
local WRITE = {hash = 'HSET', list = 'RPUSH'}
for _, part in ipairs(missing) do
  local key, kind, held = ROOT .. part[1], part[2], part[3]
  if kind == 'string' then redis.call('SET', key, held) end
  for n = 1, WRITE[kind] and #held or 0, AT_ONCE do
    redis.call(WRITE[kind], key, unpack(held, n, math.min(n + AT_ONCE - 1, #held)))
  end
  if part[4] ~= '' then redis.call('PEXPIRE', key, math.max(1, tonumber(part[4]) - NOW)) end
end
for _, one in ipairs(scores) do
  redis.call('ZADD', ROOT .. one[1], one[3], one[2])
  local destination = string.match(one[1], '^due:(.*)$')
  if destination then look_by(destination, tonumber(one[3])) end
end
local room = #sources > 0 and 1000 - redis.call('HLEN', ROOT .. 'sources') or 0
for n, one in ipairs(sources) do
  if n <= room then redis.call('HSETNX', ROOT .. 'sources', one[1], one[2]) end
end
redis.call('SET', mark, id)
flush()
return {'unpacked'}
