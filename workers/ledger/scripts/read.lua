--#include arrived
-- Read the ids of new entries, which become pending for a consumer; their bytes stay here.
--
-- What a wait of this consumer was given comes first: it is pending, and its answer was skipped.
--
-- KEYS: the stream. ARGV: group, consumer, most entries, most bytes that Redis reads for them, the newest entry
-- that this consumer knows of, or '' where it has not waited.
-- Answers {1 where nothing is left unread, else 0; id, …}.
local most = tonumber(ARGV[3])
local ids = ARGV[5] ~= '' and given_to(KEYS[1], ARGV[1], ARGV[2], ARGV[5], most) or {}
local over = read_on(ids, KEYS[1], ARGV[1], ARGV[2], most, tonumber(ARGV[4]))
table.insert(ids, 1, over)
return ids
