--#include time
--#include items
--#include links
-- What became of one attempt. A success is recorded whoever reports it, also on an item that
-- has become a dead letter meanwhile: it happened. Any failure counts only from the
-- run that holds the fence. A failed look during which an event came is due again at once, whatever the
-- failure asks for: the look that follows sees what the event brought.
--
-- ARGV: ref, fence, run, verdict ('done', 'again', 'later', 'give_up'), ms until again, why,
--   code ('' where the one before it stays), history line, retention ms of ended deliveries, timeline entry ('' for none), timeline cap,
--   what leaves it in doubt whether the call arrived ('gateway', 'lost', '' for nothing), '1' when its destination holds what stands
--   behind a dead letter, how its destination has failed, see failure_line ('' where it has not).
-- Answers {what the item is now, 'fenced' when somebody else holds it, or 'gone'; 1 where more is due at its
--   destination}.
local ref, verdict = adopted(ARGV[1]), ARGV[4]
local key = hash_of(ref)
local state, order, destination = get(key, 'state'), not watched(ref) and get(key, 'order'), get(key, 'destination')
local retention, cap = tonumber(ARGV[9]), tonumber(ARGV[11])
if not state then return {'gone', 0} end
local function answer(what)
  flush()
  return {what, has_due(destination)}
end
if verdict == 'done' and not order then
  return redis.error_reply('a watch is never done: advance ends it')
end

if verdict == 'done' then
  if state == 'done' then return answer('done') end
  -- Its first writes only remove, as below. How it ended stands in the timeline.
  local left = finish(ref, 'done', retention)
  if get(key, 'kind') == 'link' then
    remember_link(ref, order)
    if left then replace_older(ref, order, destination, retention, cap) end
  end
  note(order, cap, ARGV[10])
  return answer('done')
end

if get(key, 'fence') ~= ARGV[2] or get(key, 'run') ~= ARGV[3] then return answer('fenced') end
-- The same report again, after a lost answer.
if state ~= 'sending' then return answer(state) end
-- A full Redis refuses a script whose first write may need memory. What happened must be
-- recorded all the same, or the call would be repeated: the first write takes the item out of a list, and
-- what is set or counted before is kept for `flush`.
if verdict == 'later' then add(key, 'tries', -1) end
record_attempt(ref, ARGV[8])
if ARGV[12] ~= '' and order then count_ambiguous(ARGV[12]) end
local superseded, look_again = order and get(key, 'superseded'), not order and get(key, 'look_again')
if superseded then
  finish(ref, 'superseded', retention)
elseif look_again then
  make_due(ref, destination, NOW)
elseif verdict == 'give_up' then
  bury(ref, ARGV[6], ARGV[7], ARGV[13] == '1')
else
  -- The next attempt may have to know how this one ended: a link that was taken is not made again.
  if order and ARGV[7] ~= '' then set(key, 'code', ARGV[7]) end
  make_due(ref, destination, NOW + tonumber(ARGV[5]))
end
-- What a person asks about a destination; a key of another kind in its place costs no outcome.
if ARGV[14] ~= '' then
  redis.pcall('HSET', ROOT .. 'failures', destination, string.format('%d\t', NOW) .. ARGV[14])
  if get(key, 'state') == 'due' then redis.pcall('ZADD', FAILING, 'NX', NOW, ref) end
end
note(order_of(ref, order), cap, ARGV[10])
if superseded then note(order, cap, 'O', short(ref)) end
if look_again then note(order_of(ref), cap, 'J', short(ref)) end
return answer(get(key, 'state'))
