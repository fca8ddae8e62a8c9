-- The index by purchase order: a bucket is a hash of few hundred fields at most, each a text: a line for
-- each of the ERP's orders, '<day>\t<name>\t<Westcon number>…'. What is longer than a listpack takes has a
-- key of its own, and its field says so.
local LONGEST, ELSEWHERE = 60, '+'

-- A bucket that nobody writes to any more goes after this, in ms: two years, and longer than an order is watched.
local LIFE = 730 * 86400000

local function bucket_key(bucket) return ROOT .. 'po:' .. bucket end
local function long_key(bucket, place) return ROOT .. 'uses:' .. bucket .. place end

-- nil where a key of another kind stands in its place. Behind it whether it has a key of its own.
local function uses_of(bucket, place)
  local text = redis.pcall('HGET', bucket_key(bucket), place)
  local is_long = text == ELSEWHERE
  if is_long then text = redis.pcall('GET', long_key(bucket, place)) end
  if type(text) == 'table' then return nil end
  return text or '', is_long
end

local function write_uses(bucket, place, text, was_long)
  if #text > LONGEST then
    redis.call('SET', long_key(bucket, place), text, 'PX', LIFE)
    redis.call('HSET', bucket_key(bucket), place, ELSEWHERE)
    redis.call('PEXPIRE', bucket_key(bucket), LIFE)
    return
  end
  if was_long then redis.call('DEL', long_key(bucket, place)) end
  if text == '' then
    redis.call('HDEL', bucket_key(bucket), place)
  else
    redis.call('HSET', bucket_key(bucket), place, text)
    redis.call('PEXPIRE', bucket_key(bucket), LIFE)
  end
end

-- Leave out the orders that were heard of before this day; those whose record is within reach, only once
-- that is gone.
local function without_old(text, day, within_reach)
  local kept = {}
  for line in string.gmatch(text, '[^\n]+') do
    local since, name = string.match(line, '^(%d+)\t([^\t]+)')
    local old = since and tonumber(since) < day
    if old and within_reach then old = redis.call('EXISTS', ROOT .. 'record:' .. name) == 0 end
    if not old then kept[#kept + 1] = line end
  end
  return table.concat(kept, '\n')
end

-- Drop what is old of a few others of the bucket: each write looks at some.
local function sweep(bucket, day, within_reach)
  for _, place in ipairs(redis.call('HRANDFIELD', bucket_key(bucket), 3)) do
    local text, is_long = uses_of(bucket, place)
    local kept = text and without_old(text, day, within_reach)
    if kept ~= text then write_uses(bucket, place, kept, is_long) end
  end
end

-- Have an order known by its purchase order; once it is, nothing is written. Answers the lines of all that
-- have it, nil where a key of another kind stands in the index's place.
local function use(bucket, place, name, days, within_reach)
  local text, is_long = uses_of(bucket, place)
  if not text then return nil end
  for line in string.gmatch(text, '[^\n]+') do
    if string.match(line, '^%d+\t([^\t]+)') == name then return text end
  end
  local today = math.floor(NOW / 86400000)
  sweep(bucket, today - days, within_reach)
  text = without_old(text, today - days, within_reach)
  if text ~= '' then text = text .. '\n' end
  text = text .. string.format('%d', today) .. '\t' .. name
  write_uses(bucket, place, text, is_long)
  return text
end
