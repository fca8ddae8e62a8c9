-- How an entry of the stream ends that is durable: it is acknowledged, and counts as settled in the account
-- of its stream.

-- What is kept beside a stream is in its slot: that of a partition's has a hash tag of its own.
local function tagged(stream)
  return string.find(stream, '^{wb:%d+}:') and stream or '{' .. stream .. '}'
end

local function account_of(stream, group) return 'wb:account:' .. tagged(stream) .. ':' .. group end

-- In the step that has made the entry durable, which this must not undo: a stream or an account of another
-- kind, or gone, costs the account alone. An entry that was acknowledged before counts for nothing.
-- Its name may carry its partition behind a dot. A stream in another slot is called '': its entry is for who asked.
local function settle_entry(stream, group, entry)
  if stream == '' then return end
  if redis.pcall('XACK', stream, group, string.match(entry, '^[^.]*')) ~= 1 then return end
  redis.pcall('HINCRBY', account_of(stream, group), 'settled', 1)
end
