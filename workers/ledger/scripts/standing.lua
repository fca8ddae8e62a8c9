-- How a destination stands: what is due there, and what is leased.

-- The moments of its first due item and of the lease that ends first, nil where there is none.
local function heads(destination)
  local due = redis.call('ZRANGE', due_key(destination), 0, 0, 'WITHSCORES')
  local leased = redis.call('ZRANGE', leased_key(destination), 0, 0, 'WITHSCORES')
  return tonumber(due[2]), tonumber(leased[2])
end

local function earlier(one, other) return math.min(one or other, other or one) end

-- It has nothing to do; the next work names it again.
local function forget(destination)
  redis.call('SREM', ROOT .. 'destinations', destination)
  redis.call('ZREM', ROOT .. 'next', destination)
end

local function ms_until(moment) return moment and math.max(0, moment - NOW) or -1 end

-- Add to `seen`: destination, ms until something is due (-1: nothing), how many items are leased, how
-- many of those leases have ended, how many items are due now.
local function describe(seen, destination, due)
  seen[#seen + 1] = destination
  seen[#seen + 1] = ms_until(due)
  seen[#seen + 1] = redis.call('ZCARD', leased_key(destination))
  seen[#seen + 1] = redis.call('ZCOUNT', leased_key(destination), '-inf', NOW)
  seen[#seen + 1] = redis.call('ZCOUNT', due_key(destination), '-inf', NOW)
end
