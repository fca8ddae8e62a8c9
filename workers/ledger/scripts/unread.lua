-- How many entries of the stream a group has not read. Redis counts none of them, and its own
-- `lag` is an estimate that entries which were dropped unread stay in.
--
-- KEYS: the stream. ARGV: group; without it nothing was read. Answers the number; too high where
-- more than 2,000 entries that were read are kept for others.
local length = redis.call('XLEN', KEYS[1])
if length == 0 then return 0 end
local last = '0-0'
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
  if group.name == ARGV[1] then last = group['last-delivered-id'] end
end
local unread = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1)[1]
if not unread then return 0 end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if unread[1] == first[1] then return length end
-- What was read lies before what was not, and there is little of it, since it is trimmed.
local read, from = 0, '-'
while read < 2000 do
  local part = redis.call('XRANGE', KEYS[1], from, last, 'COUNT', 100)
  read = read + #part
  if #part < 100 then break end
  from = '(' .. part[#part][1]
end
return length - read
