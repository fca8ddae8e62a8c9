--#include time
--#include entry_ids
--#include stream_group
-- Whether entries were lost. An entry that was added is unread, pending or settled; what is none of
-- these was dropped from the stream unread (XADD with MAXLEN, XTRIM, XDEL), or while it was pending.
--
-- Redis 7.0 counts what was added, so that the sum shows how many are missing. `entries-read` and `lag`
-- do not: both are estimates, which jump over what is missing. Before 7.0 two things show a loss: the
-- sum of the three falls, or the entry that was the next to be read is there no more; how many were
-- added and dropped between two looks nobody knows.
--
-- Unread entries are counted where that takes no walk: none, or all there are. Elsewhere entries that
-- were read stand before them, so that none can be trimmed, and a later look finds what was deleted.
--
-- Workers of an older release acknowledge without counting. As long as they, or anybody else, are
-- consumers of the group, the account begins anew at each look.
--
-- KEYS: the stream. ARGV: group, the consumer that admits, what readers' names begin with.
-- Answers how many were lost since the last look, and 1 when that is their number, 0 when it is the least.
local key = account_of(KEYS[1], ARGV[1])
-- A full Redis refuses a script whose first write may need memory; this one frees some, if any.
redis.call('HDEL', key, '')
local kept = named(redis.call('HGETALL', key))
local settled = tonumber(kept.settled or 0)

-- Answer what was lost and not answered yet, also what `acknowledge` has found gone.
local function lose(count, exact)
  count = math.max(count, 0)
  local total = tonumber(kept.lost or 0) + count
  local new = total - tonumber(kept.told or 0)
  if new == 0 then return {0, exact} end
  redis.call('HSET', key, 'lost', total, 'told', total, 'lost_at', string.format('%d', NOW))
  if count > 0 and exact == 0 then redis.call('HSET', key, 'vague', 1) end
  return {new, exact}
end

local function forget() redis.call('HDEL', key, 'base', 'added', 'exact', 'next') end

-- What was added until the last look and is not settled.
local function unsettled()
  if not (kept.base and kept.added) then return 0 end
  return tonumber(kept.added) - tonumber(kept.base) - settled
end

local group = stream_group(ARGV[1])
if not group then
  forget()
  -- Without its stream everything that waited is gone; without its group it is read again.
  if redis.call('EXISTS', KEYS[1]) == 1 then return lose(0, 1) end
  return lose(unsettled(), tonumber(kept.exact or 0))
end

local info = named(redis.call('XINFO', 'STREAM', KEYS[1]))
local last, first = group['last-delivered-id'], info['first-entry']
local head = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1)[1]
local next_id = head and head[1] or ''
local unread
if not head then unread = 0 elseif next_id == first[1] then unread = info.length end
local held = settled + group.pending
local added = tonumber(info['entries-added'])
local exact = added and 1 or 0

local function keep(base, count)
  local now = {base = base, added = count, exact = exact, next = next_id}
  for name, value in pairs(now) do
    if tostring(value) ~= kept[name] then redis.call('HSET', key, name, tostring(value)) end
  end
end

local function begin_anew()
  if not unread then return forget() end
  if added then keep(added - held - unread, added) else keep(0, held + unread) end
end

local strangers = false
for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local name = named(flat).name
  if name ~= ARGV[2] and string.sub(name, 1, #ARGV[3]) ~= ARGV[3] then strangers = true end
end
if strangers or not kept.base or (kept.exact or tostring(exact)) ~= tostring(exact) then
  begin_anew()
  return lose(0, exact)
end

if added then
  if added < tonumber(kept.added or 0) then
    -- The stream was made again.
    local gone = unsettled()
    begin_anew()
    return lose(gone, 0)
  end
  if not unread then
    keep(kept.base, added)
    return lose(0, 1)
  end
  local gone = added - tonumber(kept.base) - held - unread
  begin_anew()
  return lose(gone, 1)
end

local before, gone = tonumber(kept.added or 0) - tonumber(kept.base), 0
if unread then gone = math.max(0, before - held - unread) end
if kept.next and kept.next ~= '' and kept.next ~= next_id and newer(kept.next, last) then
  gone = math.max(gone, 1)
end
-- Of unread ones that are not counted there is one at least.
keep(0, unread and held + unread or math.max(before - gone, held + 1))
return lose(gone, 0)
