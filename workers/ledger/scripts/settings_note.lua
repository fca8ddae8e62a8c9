-- A worker starts with settings that differ from those of the worker that started last.
--
-- KEYS: the first partition's prefix. ARGV: what the worker has found of them ('' for nothing), what it has itself. Answers 'changed', 'first' where nothing
--   was there, or 'moved' where another worker has written meanwhile.
local key = KEYS[1] .. 'settings'
local kept = redis.call('GET', key) or ''
if kept ~= ARGV[1] then return 'moved' end
redis.call('SET', key, ARGV[2])
return kept == '' and 'first' or 'changed'
