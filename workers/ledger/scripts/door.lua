--#include settled
-- Add the events of one request to the stream, all of them or none. What came before, within the life of
-- its mark, is answered with the entry that it was given then; where that is not in the stream any more, because
-- it is admitted or because somebody dropped it, it is added again, which admission knows as a repeat.
--
-- KEYS: the stream. ARGV: ms for which a mark lives, most entries of the stream, 1 to look only, then of each event: digest of
--   source and id, its mark, number of its fields, and these, names and values by turns.
-- Answers {'added', entry, …}, '-' before the entry of one that came before; {'conflict', place, mark} where the same
--   id came with other content, the place counted from 1; or {'full', length}. Who only looks is answered 'added'
--   without entries.
local function mark_key(digest) return 'wb:door:' .. tagged(KEYS[1]) .. ':' .. digest end

local life, most = ARGV[1], tonumber(ARGV[2])
local events, known, at = {}, {}, 4
while at <= #ARGV do
  local fields = tonumber(ARGV[at + 2])
  events[#events + 1] = {digest = ARGV[at], mark = ARGV[at + 1], first = at + 3, last = at + 2 + 2 * fields}
  at = at + 3 + 2 * fields
end

local fresh = 0
for place, event in ipairs(events) do
  local kept = known[event.digest] or redis.call('GET', mark_key(event.digest))
  if kept then
    local mark = string.match(kept, '^%S+')
    if mark ~= event.mark then return {'conflict', place, mark} end
  else
    kept = event.mark .. ' '
    fresh = fresh + 1
  end
  known[event.digest] = kept
end
if fresh > 0 then
  local length = redis.call('XLEN', KEYS[1])
  if length + fresh > most then return {'full', length} end
end
if ARGV[3] == '1' then return {'added'} end

local answer = {'added'}
for _, event in ipairs(events) do
  local first = string.match(known[event.digest], ' (%S+)$')
  local there = first and redis.call('XRANGE', KEYS[1], first, first)[1]
  local entry = there and first or redis.call('XADD', KEYS[1], '*', unpack(ARGV, event.first, event.last))
  if not first then
    known[event.digest] = event.mark .. ' ' .. entry
    redis.call('SET', mark_key(event.digest), known[event.digest], 'PX', life)
  end
  answer[#answer + 1] = first and '-' .. first or entry
end
return answer
