--#include time
--#include items
--#include links
-- What became of one attempt. A success is recorded whoever reports it, also on an item that
-- has become a dead letter meanwhile: it happened. Any failure counts only from the
-- run that holds the fence. A failed look during which an event came is due again at once, whatever the
-- failure asks for: the look that follows sees what the event brought.
--
-- ARGV: ref, fence, run, verdict ('done', 'again', 'later', 'give_up'), ms until again, why,
--   code, history line, retention ms of ended deliveries, timeline entry ('' for none), timeline cap,
--   what leaves it in doubt whether the call arrived ('gateway', 'lost', '' for nothing), '1' when its destination holds what stands
--   behind a dead letter.
-- Answers what the item is now, 'fenced' when somebody else holds it, or 'gone'.
local ref, verdict = adopted(ARGV[1]), ARGV[4]
local key = hash_of(ref)
local item = redis.call('HMGET', key,
  'state', 'fence', 'run', 'destination', 'order', 'superseded', 'kind', 'look_again')
local state, order = item[1], item[5]
local retention, cap = tonumber(ARGV[9]), tonumber(ARGV[11])
if not state then return 'gone' end
if verdict == 'done' and not order then
  return redis.error_reply('a watch is never done: advance ends it')
end
-- A full Redis refuses a script whose first write may need memory. What happened must be
-- recorded all the same, or the call would be repeated: the first write only removes.
redis.call('HDEL', key, '')

if verdict == 'done' then
  if state == 'done' then return 'done' end
  record_attempt(ref, ARGV[8])
  finish(ref, 'done', retention)
  if item[7] == 'link' then
    remember_link(ref, order)
    replace_older(ref, order, item[4], retention, cap)
  end
  note(order, cap, ARGV[10])
  return 'done'
end

if item[2] ~= ARGV[2] or item[3] ~= ARGV[3] then return 'fenced' end
-- The same report again, after a lost answer.
if state ~= 'sending' then return state end
if verdict == 'later' then
  redis.call('HINCRBY', key, 'tries', -1)
end
record_attempt(ref, ARGV[8])
if ARGV[12] ~= '' and order then count_ambiguous(ARGV[12]) end
if item[6] then
  finish(ref, 'superseded', retention)
elseif item[8] then
  make_due(ref, item[4], NOW)
elseif verdict == 'give_up' then
  bury(ref, ARGV[6], ARGV[7], ARGV[13] == '1')
else
  -- The next attempt may have to know how this one ended: a link that was taken is not made again.
  if order then redis.call('HSET', key, 'code', ARGV[7]) end
  make_due(ref, item[4], NOW + tonumber(ARGV[5]))
end
note(order_of(ref, order), cap, ARGV[10])
if item[6] then note(order, cap, 'O', short(ref)) end
if item[8] then note(order_of(ref), cap, 'J', short(ref)) end
return redis.call('HGET', key, 'state')
