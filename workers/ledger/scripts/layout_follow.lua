-- From now on the partition refuses to admit what was placed by an older layout than this. It never goes back.
--
-- ARGV: version.
local key = KEYS[1] .. 'layout'
if tonumber(redis.call('GET', key) or 0) < tonumber(ARGV[1]) then redis.call('SET', key, ARGV[1]) end
