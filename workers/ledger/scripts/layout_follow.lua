-- From now on the partition refuses to admit what was placed by an older layout than this. It never goes back. It keeps
-- that layout, too: on a Cluster a failover may take it from where the ledger has it.
--
-- ARGV: version, the layout.
local key = KEYS[1] .. 'layout'
if tonumber(redis.call('GET', key) or 0) < tonumber(ARGV[1]) then
  redis.call('SET', key, ARGV[1])
  redis.call('SET', KEYS[1] .. 'layout_copy', ARGV[2])
end
