-- The roster: the endpoints of the ledger, and the version that another one follows after each change.
-- Where it is of another kind, or gone, it is as a ledger's that has none.
local ENDPOINTS = ROOT .. 'endpoints'

local function roster_version()
  local version = redis.pcall('GET', ROOT .. 'roster')
  if type(version) ~= 'string' then return '' end
  return version
end

-- No version comes twice, even where a clock steps back or an older file is restored.
local function roster_changed()
  local n = tonumber(string.match(roster_version(), '%-(%d+)$') or 0) + 1
  redis.call('SET', ROOT .. 'roster', string.format('%d-%d', NOW, n))
end
