--#include entry_ids
-- Drop the stream's entries that every group has read and acknowledged. In one step, since an
-- entry that is handed out between two looks would be dropped unread.
--
-- KEYS: the stream. Answers how many were dropped.
local function below(group)
  local pending = redis.call('XPENDING', KEYS[1], group.name)
  if pending[1] > 0 then return pending[2] end
  return group['last-delivered-id']
end

local lowest
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
  local id = below(group)
  if not lowest or newer(lowest, id) then lowest = id end
end
if not lowest then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', '~', lowest)
