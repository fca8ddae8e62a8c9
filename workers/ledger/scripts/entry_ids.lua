-- Which of two ids of the stream is newer. Their parts are numbers of up to 20 digits, more than Lua's
-- numbers hold, so that they are compared as text.
local function greater(one, other)
  if #one ~= #other then return #one > #other end
  return one > other
end

local function newer(one, other)
  local ms, n = string.match(one, '^(%d+)-(%d+)$')
  local other_ms, other_n = string.match(other, '^(%d+)-(%d+)$')
  if ms ~= other_ms then return greater(ms, other_ms) end
  return greater(n, other_n)
end
