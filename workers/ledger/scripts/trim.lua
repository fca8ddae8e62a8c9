-- Drop the stream's entries that every group has read and acknowledged. In one step, since an
-- entry that is handed out between two looks would be dropped unread.
--
-- KEYS: the stream. Answers how many were dropped.
local function below(group)
  local pending = redis.call('XPENDING', KEYS[1], group.name)
  if pending[1] > 0 then return pending[2] end
  return group['last-delivered-id']
end

local function parts(id)
  local ms, n = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(n)
end

local lowest
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
  local id = below(group)
  if not lowest then
    lowest = id
  else
    local ms, n = parts(id)
    local lowest_ms, lowest_n = parts(lowest)
    if ms < lowest_ms or (ms == lowest_ms and n < lowest_n) then lowest = id end
  end
end
if not lowest then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', '~', lowest)
