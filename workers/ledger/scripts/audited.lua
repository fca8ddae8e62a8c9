--#include time
-- An act of a person, and its entry in the partition's audit chain: both or neither. `Scripts` puts the
-- script of the act in the place of the line below that names it.
--
-- ARGV: the link behind which the entry belongs ('' for whichever is the last), what the actor states of the act as
--   JSON, its signature ('-' for none), the answers with which something has changed, with blanks between ('*' for any, '!' before
--   those with which nothing has), the item's ref ('' for none), what it was done to was before and is since, where that is no item,
--   the request that acts ('' for none), a token of this one run, ms for which its answer is kept; then those of the act.
-- Answers as the act does, or {'audit_moved'} when another entry has come behind that link. The same run again, after a lost
-- answer, is answered as before: an act that has changed something would find it changed.
local audit = {}
for n = 1, 10 do audit[n] = table.remove(ARGV, 1) end
local AUDIT, AUDIT_HEAD, ACTED = KEYS[1] .. 'audit', KEYS[1] .. 'audit_head', KEYS[1] .. 'acted:' .. audit[8]

local acted = audit[8] ~= '' and redis.call('HMGET', ACTED, 'token', 'answer') or {}
if acted[1] == audit[9] then return cmsgpack.unpack(acted[2]) end

-- A key of another kind ends the act before it has begun.
redis.call('LLEN', AUDIT)
local last_n, last_link = string.match(redis.call('GET', AUDIT_HEAD) or '0 ' .. string.rep('0', 40), '^(%d+) (%x+)$')
if not last_n then
  return redis.error_reply(AUDIT_HEAD .. ' cannot be read: nothing is done; see waybill audit verify')
end
if audit[1] ~= '' and audit[1] ~= last_link then return {'audit_moved'} end

-- What an item is: its state, and why where it was given up.
local function item_state()
  if audit[5] == '' then return nil end
  local key = KEYS[1] .. audit[5]
  local order = string.match(audit[5], '^watch:[^:]*:(.*)$')
  if order and redis.call('EXISTS', key) == 0 then key = KEYS[1] .. 'order:' .. order end
  local found = redis.pcall('HMGET', key, 'state', 'code')
  if found.err or not found[1] then return 'gone' end
  return found[1] .. (found[1] == 'dead' and found[2] and ' ' .. found[2] or '')
end

local before = item_state()
local function act()
--#act
end
local answer = act()
local word = answer
if type(answer) == 'table' then
  if answer.err then return answer end
  word = answer[1]
end
word = tostring(word)
local but = string.sub(audit[4], 1, 1) == '!'
local named = string.find(' ' .. string.gsub(audit[4], '^!', '') .. ' ', ' ' .. word .. ' ', 1, true) ~= nil
if audit[4] ~= '*' and named == but then return answer end

local entry = string.format('{"n":%d,"at":%d,"before":%s,"after":%s,"act":%s}', last_n + 1, NOW,
  cjson.encode(before or audit[6]), cjson.encode(item_state() or audit[7]), audit[2])
local link = redis.sha1hex(last_link .. '\n' .. audit[3] .. '\n' .. entry)
redis.call('RPUSH', AUDIT, link .. ' ' .. audit[3] .. ' ' .. entry)
redis.call('SET', AUDIT_HEAD, string.format('%d %s', last_n + 1, link))
if audit[8] ~= '' then
  redis.call('HSET', ACTED, 'token', audit[9], 'answer', cmsgpack.pack(answer))
  redis.call('PEXPIRE', ACTED, audit[10])
end
return answer
