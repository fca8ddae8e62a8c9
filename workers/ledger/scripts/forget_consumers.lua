-- Forget the consumers of a group that are gone and hold nothing. In one step, since Redis
-- drops what a consumer holds together with its name: one that woke and read between two
-- looks would lose its entry.
--
-- KEYS: the stream. ARGV: group, ms of silence after which a consumer is gone. Answers their names.
local gone = {}
for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #flat, 2 do consumer[flat[i]] = flat[i + 1] end
  if consumer.pending == 0 and consumer.idle > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
    gone[#gone + 1] = consumer.name
  end
end
return gone
