--#include time
-- Shapes that a worker has met are added to the list, counted, and shown by samples, each within its bound.
-- What a person has forgotten since it was met is left out. It may count twice after a lost answer.
--
-- KEYS: the list. ARGV: shapes at most, shapes of one partner and kind, samples of a shape, bytes of all samples,
--   how many were met that the worker had no room for; then for each shape its id, its partner, its partner and
--   kind, what it is, where it was met last, how often, ms since the last time, and a sample or ''.
-- Answers for each shape 1 where another sample is wanted, else 0.
local most, most_alike, most_samples, most_bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local function number(field) return tonumber(redis.call('HGET', KEYS[1], field) or 0) end
local function add(field, count) redis.call('HINCRBY', KEYS[1], field, count) end

-- Whether it has room in the list, or had it already.
local function listed(id, partner, alike, what)
  if redis.call('HEXISTS', KEYS[1], 'shape:' .. id) == 1 then return true end
  if number('shapes') >= most or number('alike:' .. alike) >= most_alike then return false end
  redis.call('HSET', KEYS[1], 'shape:' .. id, what, 'first:' .. id, NOW, 'newest', NOW)
  add('shapes', 1)
  add('alike:' .. alike, 1)
  add('found:' .. partner, 1)
  return true
end

-- Keeps a sample unless there is one like it. Answers whether another one is wanted.
local function keep(id, sample)
  local kept = number('samples:' .. id)
  if kept >= most_samples then return 0 end
  if sample == '' then return 1 end
  for i = 1, kept do
    if redis.call('HGET', KEYS[1], 'sample:' .. id .. ':' .. i) == sample then return 1 end
  end
  if number('bytes') + #sample > most_bytes then return 0 end
  redis.call('HSET', KEYS[1], 'sample:' .. id .. ':' .. kept + 1, sample, 'samples:' .. id, kept + 1)
  add('bytes', #sample)
  return kept + 1 < most_samples and 1 or 0
end

local function forgotten(id, last)
  local at = math.max(number('forgotten'), number('forgotten:' .. id))
  -- Later than now it was forgotten before the clock was set back.
  return at <= NOW and last <= at
end

local unlisted, wanted = tonumber(ARGV[5]), {}
for i = 6, #ARGV, 8 do
  local id, partner, alike, what, place, count, age, sample = unpack(ARGV, i, i + 7)
  local last = NOW - tonumber(age)
  if forgotten(id, last) then
    wanted[#wanted + 1] = 1
  elseif listed(id, partner, alike, what) then
    redis.call('HDEL', KEYS[1], 'forgotten:' .. id)
    add('count:' .. id, count)
    redis.call('HSET', KEYS[1], 'last:' .. id, math.max(last, number('last:' .. id)), 'place:' .. id, place)
    wanted[#wanted + 1] = keep(id, sample)
  else
    unlisted = unlisted + tonumber(count)
    wanted[#wanted + 1] = 0
  end
end
if unlisted > 0 then add('unlisted', unlisted) end
return wanted
