--#include settled
-- The stream's group as Redis shows it, a field's name to its value.
local function named(flat)
  local found = {}
  for i = 1, #flat, 2 do found[flat[i]] = flat[i + 1] end
  return found
end

local function stream_group(name)
  if redis.call('EXISTS', KEYS[1]) == 0 then return nil end
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = named(flat)
    if group.name == name then return group end
  end
end
