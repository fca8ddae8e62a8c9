--#include time
--#include items
-- All that the partition has of an order leaves it in one step, and is kept here as one value, its parcel: see
-- unpack.lua. Nothing is told of the order from here any more.
--
-- What is searched: the order's hash, those of its further watches, its record, its timeline and its lanes, and the
-- deliveries that stand in these or are named to it, ended ones too: an ended delivery's name keeps the same
-- notification from being made again. Of each its end of life, its place among those that are due, dead or failing.
--
-- ARGV: order, the parcel's id, version of the layout by which it belongs elsewhere, most bytes, timeline cap ('0' where
--   all of its deliveries are named), number of destinations, these, then refs of deliveries.
-- Answers {'packed', parcel}, also where it was packed before; {'older'} where the partition follows a newer layout, by which
--   this may be its home; {'busy'} while something of it is leased or sent; {'unsure'} where its timeline does not reach back to its first delivery; {'large', bytes} beyond most; {'strange',
--   name} of a key of another kind; {'gone'} where there is nothing.
local order, most = ARGV[1], tonumber(ARGV[4])
if tonumber(redis.call('GET', ROOT .. 'layout') or 0) > tonumber(ARGV[3]) then return {'older'} end
local parcel_key = ROOT .. 'parcel:' .. order
local kept = redis.call('GET', parcel_key)
if kept then return {'packed', kept} end
adopted('order:' .. order)

local key = ROOT .. 'order:' .. order
local held = redis.pcall('HGETALL', key)
if held.err then held = {} end
local lasting = {}
for n = 1, #held, 2 do lasting[held[n]] = held[n + 1] end

-- Names without the prefix, in the order in which they are set up again.
local names, listed = {}, {}
local function add_name(name)
  if not listed[name] then names[#names + 1] = name end
  listed[name] = true
end

local busy = false
-- The sorted sets in which an item may stand, by its destination.
local scores = {}
local function add_scores(ref, destination)
  local lists = {'dead', 'failing'}
  if destination then
    lists[3] = 'due:' .. destination
    if type(redis.pcall('ZSCORE', leased_key(destination), ref)) == 'string' then busy = true end
  end
  for _, list in ipairs(lists) do
    local score = redis.pcall('ZSCORE', ROOT .. list, ref)
    if type(score) == 'string' then scores[#scores + 1] = {list, ref, score} end
  end
end

local function add_watch(name, ref)
  local found = redis.pcall('HMGET', ROOT .. name, 'state', 'destination')
  if found.err then found = {} end
  if found[1] == 'leased' or found[1] == 'sending' then busy = true end
  add_name(name)
  add_scores(ref, found[2] or nil)
end

local deliveries = {}
local function add_delivery(ref)
  if deliveries[ref] ~= nil then return end
  local found = redis.pcall('HMGET', ROOT .. ref, 'order', 'state', 'destination')
  deliveries[ref] = found[1] == order
  if found[1] ~= order then return end
  if found[2] == 'leased' or found[2] == 'sending' then busy = true end
  add_name(ref)
  add_scores(ref, found[3] or nil)
end

local function add_lane(destination)
  local lane = lane_key(order, destination)
  local refs = redis.pcall('LRANGE', lane, 0, -1)
  if refs.err or #refs == 0 then return end
  add_name(string.sub(lane, #ROOT + 1))
  for _, ref in ipairs(refs) do add_delivery(ref) end
end

-- The texts of an entry, see serializers.timeline.entry: a ref is written short, and may stand behind a code's letter.
local function add_named(entry)
  local before = ''
  -- A repair that was made for it has left a mark.
  local repair = string.match(entry, '^......Y[^\255]*\255[^\255]*\255([^\255]+)')
  if repair and redis.call('EXISTS', ROOT .. 'repaired:' .. repair) == 1 then add_name('repaired:' .. repair) end
  for text in string.gmatch(string.sub(entry, 7), '[^\255]+') do
    for from = 1, 2 do
      local kind, rest = string.sub(text, from, from), string.sub(text, from + 1)
      if kind == 'd' then add_delivery('delivery:' .. rest) end
      if kind == 'e' then add_delivery('delivery:' .. rest .. '.' .. string.match(before, '[^/]*$')) end
    end
    before = string.sub(text, 2)
  end
end

if redis.call('EXISTS', key) == 1 then
  add_watch('order:' .. order, watch_ref(partner_of(lasting.destination or ''), order))
end
for partner in string.gmatch(lasting.watches or '', '%S+') do
  local ref = watch_ref(partner, order)
  if redis.call('EXISTS', ROOT .. ref) == 1 then add_watch(ref, ref) end
end
for _, name in ipairs({'record:' .. order, 'log:' .. order}) do
  if redis.call('EXISTS', ROOT .. name) == 1 then add_name(name) end
end
local destinations = 6 + tonumber(ARGV[6])
for n = 7, destinations do add_lane(ARGV[n]) end
for name in pairs(lasting) do
  if string.sub(name, 1, 5) == 'made:' then add_lane(string.sub(name, 6)) end
end
for n = destinations + 1, #ARGV do add_delivery(ARGV[n]) end
local log = redis.pcall('LRANGE', ROOT .. 'log:' .. order, 0, -1)
for _, entry in ipairs(log.err and {} or log) do add_named(entry) end
if #names == 0 then return {'gone'} end
if busy then return {'busy'} end
local cap = tonumber(ARGV[5])
if #held > 0 and cap > 0 and (#log == 0 or #log >= cap) then return {'unsure'} end

-- Nil for a key of another kind than any order has.
local function held_by(name, kind)
  if kind == 'hash' then return redis.call('HGETALL', ROOT .. name) end
  if kind == 'list' then return redis.call('LRANGE', ROOT .. name, 0, -1) end
  return kind == 'string' and redis.call('GET', ROOT .. name) or nil
end

local parts = {}
for n, name in ipairs(names) do
  local kind, life = redis.call('TYPE', ROOT .. name).ok, redis.call('PTTL', ROOT .. name)
  local content = held_by(name, kind)
  if not content then return {'strange', name} end
  parts[n] = {name, kind, content, life < 0 and '' or string.format('%d', NOW + life)}
end
local sources = {}
for mark in string.gmatch(lasting.sources or '', '%S+') do
  local source = redis.pcall('HGET', ROOT .. 'sources', mark)
  if type(source) == 'string' then sources[#sources + 1] = {mark, source} end
end

local parcel = ARGV[2] .. '\n' .. cmsgpack.pack({parts, scores, sources})
if #parcel > most then return {'large', #parcel} end

-- What frees goes first: a full Redis refuses a script whose first write may need memory.
for _, name in ipairs(names) do redis.call('DEL', ROOT .. name) end
for _, one in ipairs(scores) do redis.call('ZREM', ROOT .. one[1], one[2]) end
redis.call('SET', parcel_key, parcel)
redis.call('SADD', ROOT .. 'parcels', order)
return {'packed', parcel}
