--#include time
--#include items
-- A page of dead letters, counted by what they have in common. Nothing is written.
--
-- What differs between reasons of one cause is taken out of them here, so that 100,000 letters are a few
-- texts. It is less than serializers/failure_cause.py takes out, and nothing else: who asks names the cause.
--
-- ARGV: UTC ms from which, how many of that ms to leave out, UTC ms up to which ('+inf' for any), most letters, the name of an
--   order ('' for any), what its name may begin with instead ('' for nothing), '1' for the letters' refs.
-- Answers {ms from which the next page begins ('' for no next one), how many of it to leave out}, then
--   per group {kind, destination, code, reason without values, letters, UTC ms of the oldest and of the newest,
--   the newest's ref and reason, refs and their UTC ms by turns}.
local most, order, beginning, wants_refs = tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7] == '1'

local find, sub, gsub, byte = string.find, string.sub, string.gsub, string.byte

local function is_of_word(text, at)
  local one = byte(text, at)
  return one and (one >= 128 or find(sub(text, at, at), '[%w_]') ~= nil)
end

-- A text with 'n' wherever a value stands as a word of its own.
local function without(text, value)
  local first, last = find(text, value, 1, true)
  if not first then return text end
  local kept, from = '', 1
  while first do
    local alone = not is_of_word(text, first - 1) and not is_of_word(text, last + 1)
    kept = kept .. sub(text, from, alone and first - 1 or first) .. (alone and 'n' or '')
    from = alone and last + 1 or first + 1
    first, last = find(text, value, from, true)
  end
  return kept .. sub(text, from)
end

local function longest_first(a, b)
  if #a == #b then return a < b end
  return #a > #b
end

-- The values of an item that its reason may hold, the longest first.
local function own_of(key, owner, is_link)
  local own = {owner ~= '' and owner or nil}
  if not is_link then return own end
  local is_json, texts = pcall(cjson.decode, redis.call('HGET', key, 'payload') or '')
  for _, one in ipairs(is_json and type(texts) == 'table' and texts or {}) do
    if type(one) == 'string' and one ~= '' and one ~= owner then own[#own + 1] = one end
  end
  if #own > 1 then table.sort(own, longest_first) end
  return own
end

local function shortened_refusal(why)
  why = gsub(gsub(why, '; it has: .*', ''), '%[%d+%]', '[0]')
  if not find(why, ' %d') then return why end
  return (gsub(why, '(%a*) %d+%f[^%w_\'\128-\255]', function(word)
    return sub(word, -3) ~= 'RFC' and word .. ' 0' or nil
  end))
end

local function shortened_answer(why, key, owner, is_link)
  local _, last = find(why, 'answered [^:]*: ')
  if not last then return '' end
  local head, message = sub(why, 1, last), sub(why, last + 1)
  local before
  repeat
    before = message
    message = gsub(gsub(message, ' %(the last of %d+ attempts%)$', ''), ' %(the last of %d+ tries%)$', '')
  until message == before
  if sub(message, 1, 10) ~= 'no message' then
    for _, value in ipairs(own_of(key, owner, is_link)) do message = without(message, value) end
  end
  return (gsub(head .. message, '%d+', '0'))
end

-- What is read of a letter. Of a watch there may be two hashes: the order's has its first one.
local function read(key)
  local item = redis.pcall('HMGET', key, 'state', 'kind', 'destination', 'code', 'why', 'order')
  return not item.err and item or {}
end

local groups, found = {}, {}

local function add(ref, at)
  local key, kind, owner, item = ROOT .. ref, nil, nil, nil
  if sub(ref, 1, 6) == 'watch:' then
    local partner, number = watched(ref)
    item, kind, owner = read(ROOT .. 'order:' .. number), 'watch', number
    if item[3] and partner_of(item[3]) ~= partner then item = read(key) end
  else
    item = read(key)
    kind, owner = item[2] or '', item[6] or ''
    if sub(ref, 1, 6) == 'order:' then kind, owner = 'watch', sub(ref, 7) end
  end
  if not item[1] then return end
  if order ~= '' and owner ~= order and (beginning == '' or sub(owner, 1, #beginning) ~= beginning) then return end
  local destination, code, why = item[3] or '', item[4] or '', item[5] or ''
  local without_values, begins = '', sub(code, 1, 5)
  if code == 'malformed' then
    without_values = shortened_refusal(why)
  elseif begins == 'deck_' or begins == 'http_' then
    without_values = shortened_answer(why, key, owner, kind == 'link')
  end
  local alike = kind .. '\0' .. destination .. '\0' .. code .. '\0' .. without_values
  local group = groups[alike]
  if not group then
    group = {kind, destination, code, without_values, 0, at, at, ref, why, {}}
    groups[alike], found[#found + 1] = group, group
  end
  group[5], group[7], group[8], group[9] = group[5] + 1, at, ref, why
  if wants_refs then
    local refs = group[10]
    refs[#refs + 1] = ref
    refs[#refs + 1] = at
  end
end

local page = redis.call('ZRANGEBYSCORE', DEAD, ARGV[1], ARGV[3], 'WITHSCORES', 'LIMIT', ARGV[2], most)
for n = 1, #page, 2 do add(page[n], page[n + 1]) end

local next_one = {'', 0}
if #page == 2 * most then
  local last, alike = page[#page], 0
  for n = #page, 2, -2 do
    if page[n] ~= last then break end
    alike = alike + 1
  end
  -- The whole page may be of the ms at which it began.
  if last == page[2] and tonumber(last) == tonumber(ARGV[1]) then alike = alike + tonumber(ARGV[2]) end
  next_one = {last, alike}
end
table.insert(found, 1, next_one)
return found
