-- Take back the start of an entry whose process has outlived it: it was not admitted because Redis did not
-- answer. It stays whose it is, and is overdue when it would have been.
--
-- KEYS: the stream. ARGV: group, its starts before that one, its id.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
-- Redis counts the reading as the first delivery.
if pending and pending[4] == tonumber(ARGV[2]) + 2 then
  redis.call('XCLAIM', KEYS[1], ARGV[1], pending[2], 0, ARGV[3], 'IDLE', pending[3], 'RETRYCOUNT', pending[4] - 1,
    'JUSTID')
end
