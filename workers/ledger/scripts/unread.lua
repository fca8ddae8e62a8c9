--#include stream_group
-- How many entries of the stream a group has not read. Redis counts none of them, and its own
-- `lag` is an estimate that entries which were dropped unread stay in.
--
-- KEYS: the stream. ARGV: group; without it nothing was read. Answers the number; too high where
-- more than 2,000 entries that were read are kept for others.
local length = redis.call('XLEN', KEYS[1])
if length == 0 then return 0 end
local group = stream_group(ARGV[1])
if not group then return length end
local last = group['last-delivered-id']
local unread = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1)[1]
if not unread then return 0 end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if unread[1] == first[1] then return length end
-- From 7.0 on the account knows, but for what was lost since it was last looked at.
local added = named(redis.call('XINFO', 'STREAM', KEYS[1]))['entries-added']
local account = redis.call('HMGET', account_of(KEYS[1], ARGV[1]), 'base', 'settled')
if added and account[1] then
  return math.max(1, added - account[1] - (account[2] or 0) - group.pending)
end
-- What was read lies before what was not, and there is little of it, since it is trimmed.
local read, from = 0, '-'
while read < 2000 do
  local part = redis.call('XRANGE', KEYS[1], from, last, 'COUNT', 10)
  read = read + #part
  if #part < 10 then break end
  from = '(' .. part[#part][1]
end
return length - read
