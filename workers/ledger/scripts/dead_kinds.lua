-- How many dead letters of each kind there are, and since when; some at a time, since Redis does nothing else
-- meanwhile.
--
-- KEYS: the partition's prefix. ARGV: the ranks of the first and the last letter, the oldest first.
-- Answers {letters looked at, kind, letters of it, UTC ms of the oldest of them, kind, …}.
local ROOT = KEYS[1]
local letters = redis.call('ZRANGE', ROOT .. 'dead', ARGV[1], ARGV[2], 'WITHSCORES')

local function kind_of(ref)
  local first = string.match(ref, '^%a+')
  if first == 'event' then return 'event' end
  if first ~= 'delivery' then return 'watch' end
  local kind = redis.pcall('HGET', ROOT .. ref, 'kind')
  -- A change is a notification that nobody has rendered.
  if type(kind) ~= 'string' or kind == 'change' then return 'notification' end
  return kind
end

local kinds, found = {}, {}
for n = 1, #letters, 2 do
  local kind = kind_of(letters[n])
  if not found[kind] then
    found[kind] = {0, letters[n + 1]}
    kinds[#kinds + 1] = kind
  end
  found[kind][1] = found[kind][1] + 1
end
local answer = {#letters / 2}
for _, kind in ipairs(kinds) do
  for _, one in ipairs({kind, found[kind][1], found[kind][2]}) do answer[#answer + 1] = one end
end
return answer
