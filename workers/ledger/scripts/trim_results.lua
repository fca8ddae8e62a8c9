--#include time
--#include entry_ids
--#include stream_group
-- Drop results that have been kept long enough, and of more than the partition's share the oldest. What a
-- consumer group has not read and acknowledged stays, up to a hard bound: from there on the oldest go all the same,
-- and are counted. Whole nodes of the stream go, so that some stay a little longer; without LIMIT 0 Redis would drop
-- 10,000 at a time, fewer than come in a minute.
--
-- ARGV: ms for which a result is kept, most entries, most entries where a group has not read them.
-- Answers how many were dropped, and how many of these a group had not read.
local stream, last = KEYS[1] .. 'results', math.max(0, NOW - tonumber(ARGV[1])) .. '-0'
if redis.call('EXISTS', stream) == 0 then return {0, 0} end

-- The first entry that a group has not acknowledged; nil without groups.
local first
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = named(flat)
  local pending = redis.call('XPENDING', stream, group.name)
  local own = group['last-delivered-id']
  if pending[1] > 0 then
    -- Of what a consumer holds that never came back, some may be gone already.
    local held = redis.call('XRANGE', stream, pending[2], own, 'COUNT', 1)[1]
    local left = held and redis.call('XPENDING', stream, group.name, held[1], own, 1)[1]
    if left then own = left[1] end
  end
  if not first or newer(first, own) then first = own end
end

local dropped = redis.call('XTRIM', stream, 'MINID', '~', first and newer(last, first) and first or last,
  'LIMIT', 0)
local over = redis.call('XLEN', stream) - tonumber(ARGV[2])
if over > 0 and first then
  dropped = dropped + redis.call('XTRIM', stream, 'MINID', '~', first, 'LIMIT', over)
elseif over > 0 then
  dropped = dropped + redis.call('XTRIM', stream, 'MAXLEN', '~', ARGV[2], 'LIMIT', 0)
end
local unread = 0
if first and redis.call('XLEN', stream) > tonumber(ARGV[3]) then
  unread = redis.call('XTRIM', stream, 'MAXLEN', '~', ARGV[3], 'LIMIT', 0)
end
if unread > 0 then redis.call('HINCRBY', KEYS[1] .. 'counts', 'results_dropped', unread) end
return {dropped + unread, unread}
