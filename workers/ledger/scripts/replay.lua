--#include time
--#include items
--#include links
-- Send a dead letter on its way again, once per request: to its lane's tail, with its attempts
-- given back; one that has held its lane goes before those that waited for it. A link with a newer one waiting or delivered is refused, or the older
-- customer would win. An event goes through the stream again, with the entry that dates it.
--
-- Of two slots, as admit.lua: the stream's key is an argument beside the partition's.
--
-- ARGV: ref, timeline cap, stream, how often it may have been replayed before (0: any number), '1' to only say what would be,
--   ms for which an event's decision is remembered;
--   of a reconciliation's repair its id, its plan's digest, ms for which its mark lives, and its timeline entry.
-- Answers {'replayed'}, of an event with the new entry's id; {'would'}; {'refused'}, {'again'} (as often as it may), {'not_dead'},
--   {'gone'}, {'known'} (this repair was made before), or {'event'} of one with more fields than a script can hand on, or
--   of a repair, whose mark is beside the stream then.
local mark = ARGV[7] and ROOT .. 'repaired:' .. ARGV[7]
if mark and redis.call('EXISTS', mark) == 1 then return {'known'} end
local ref, most = adopted(ARGV[1]), tonumber(ARGV[4])
local key = hash_of(ref)
local state, kind = get(key, 'state'), not watched(ref) and get(key, 'kind')
if not state then return {'gone'} end
if state ~= 'dead' then return {'not_dead'} end

-- Names and values of an event's entry by turns, as entry_letter.py keeps them.
local function parts_of_entry()
  local kept = redis.call('HMGET', key, 'payload', 'fields')
  if not kept[2] then return {'event', kept[1] or ''} end
  local parts, at = {}, 1
  while at <= #kept[2] do
    local colon = string.find(kept[2], ':', at, true)
    local ends = colon + tonumber(string.sub(kept[2], at, colon - 1))
    parts[#parts + 1] = string.sub(kept[2], colon + 1, ends)
    at = ends + 1
  end
  return parts
end

-- The same for the entry that brings it again, and how often one has.
local function replayed_entry()
  local parts, before, dated = parts_of_entry(), 0, false
  for n = #parts - 1, 1, -2 do
    if parts[n] == 'waybill-first-entry' then dated = true end
    if parts[n] == 'waybill-replays' then
      before = tonumber(string.match(parts[n + 1], '^%d+$')) or 0
      parts[n + 1] = string.format('%d', before + 1)
    end
  end
  local function put(name, value)
    parts[#parts + 1] = name
    parts[#parts + 1] = value
  end
  if not dated then put('waybill-first-entry', string.sub(ref, 7)) end
  if before == 0 then put('waybill-replays', '1') end
  return parts, before
end

local function replays()
  local found = 0
  for line in string.gmatch(get(key, 'history') or '', '[^\n]+') do
    if string.find(line, '^%d+ replayed$') then found = found + 1 end
  end
  return found
end

local destination, order = get(key, 'destination'), not watched(ref) and get(key, 'order')
if kind == 'link' and is_outdated(ref, order, destination) then return {'refused'} end
local parts, before
if kind == 'event' then parts, before = replayed_entry() else before = replays() end
if most > 0 and before >= most then return {'again'} end
if ARGV[5] == '1' then return {'would'} end

if kind == 'event' then
  -- What Lua's stack holds.
  if mark or #parts > 7000 then return {'event'} end
  local entry = redis.call('XADD', ARGV[3], '*', unpack(parts))
  record_decision(ref, 'replayed')
  forget_letter(ref, 'replayed', ARGV[6])
  return {'replayed', entry}
end

redis.call('ZREM', DEAD, ref)
drop(key, 'why', 'code', 'run')
record_decision(ref, 'replayed')
-- What becomes of it now has another fence than what became of it before, so that their results have other ids.
add(key, 'fence', 1)
set(key, 'tries', 0)
set(key, 'state', 'lane')
record_attempt(ref, 'replayed')
if not order or redis.call('LINDEX', lane_key(order, destination), 0) == ref then
  make_due(ref, destination, NOW)
elseif redis.call('RPUSH', lane_key(order, destination), ref) == 1 then
  make_due(ref, destination, NOW)
end
note(order_of(ref, order), tonumber(ARGV[2]), 'R', short(ref))
if mark then
  note(order_of(ref, order), tonumber(ARGV[2]), ARGV[10])
  redis.call('SET', mark, NOW .. ' ' .. ARGV[8], 'PX', ARGV[9])
  count('repaired:replay')
end
count('replayed')
flush()
return {'replayed'}
