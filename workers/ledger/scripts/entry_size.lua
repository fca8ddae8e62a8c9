-- Bytes of an entry's names and values. How large an entry is, Redis shows nowhere.
local function size_of(entry)
  local size = 0
  for _, part in ipairs(entry[2]) do size = size + #part end
  return size
end
