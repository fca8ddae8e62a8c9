-- How an entry of the stream ends that is durable: it is acknowledged, and counts as settled in the account
-- of its stream.

local function account_of(stream, group) return 'wb:account:{' .. stream .. '}:' .. group end

-- In the step that has made the entry durable, which this must not undo: a stream or an account of another
-- kind, or gone, costs the account alone. An entry that was acknowledged before counts for nothing.
local function settle_entry(stream, group, entry)
  if redis.pcall('XACK', stream, group, entry) ~= 1 then return end
  redis.pcall('HINCRBY', account_of(stream, group), 'settled', 1)
end
