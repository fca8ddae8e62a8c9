--#include arrived
-- What a wait of this consumer was given, with what has come since, see read.lua. One that comes alone is begun
-- in the same step, which Redis counts, and its bytes go with it, see start.lua: a thread is free for it.
--
-- KEYS: the stream. ARGV: group, consumer, most entries, most bytes that Redis reads for them, the newest entry
-- that this consumer knows of, for whom an entry is begun, most bytes of one that is answered.
-- Answers {1 where nothing is left unread, else 0; {id, …}; of one that was begun {id, {name, value, …}}, or
-- {id, bytes} of a large one}.
local most = tonumber(ARGV[3])
local ids = given_to(KEYS[1], ARGV[1], ARGV[2], ARGV[5], most)
-- The time was over: nothing has come.
if #ids == 0 then return {1, ids} end
local over = read_on(ids, KEYS[1], ARGV[1], ARGV[2], most, tonumber(ARGV[4]))
if #ids > 1 then return {over, ids} end
-- Redis 6.2 answers nil, which is false here, for an entry that was deleted.
local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[6], 0, ids[1])[1]
if not entry then return {over, ids} end
local size = size_of(entry)
return {over, ids, size > tonumber(ARGV[7]) and {entry[1], size} or entry}
