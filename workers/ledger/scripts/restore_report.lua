--#include time
-- What a worker has found of the ledger: it went back, is another one, or its clock was set. It stays until
-- a person accepts it. Every worker finds the same; of several of one kind the heaviest is kept.
--
-- KEYS: what was found. ARGV: its kind, its weight, a sentence about it, who found it.
-- Answers 1 when nobody had found anything of this kind.
local function field(name) return ARGV[1] .. ':' .. name end

redis.call('HDEL', KEYS[1], '')
local first = redis.call('HSETNX', KEYS[1], field('at'), string.format('%d', NOW))
local weight = tonumber(redis.call('HGET', KEYS[1], field('weight')) or -1)
if tonumber(ARGV[2]) > weight then
  redis.call('HSET', KEYS[1], field('weight'), ARGV[2], field('message'), ARGV[3], field('by'), ARGV[4])
end
return first
