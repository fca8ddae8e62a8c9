-- Results: what the ERP hears of a change, written by the script that makes the change. Each is a CloudEvent in
-- JSON; `flush` adds them to the partition's stream behind all else that it writes.

-- What is told, and by whom. `Scripts` puts the settings in this line's place; without them nothing is.
local RESULTS = {source = '', types = {}}

-- A moment as RFC 3339 has it, from UTC ms. The date is counted in years that begin with March, of which each era
-- of 400 has 146,097 days.
local function rfc3339(ms)
  local seconds = math.floor(ms / 1000)
  local days = math.floor(seconds / 86400) + 719468
  local era = math.floor(days / 146097)
  local day = days - era * 146097
  local year = math.floor(
    (day - math.floor(day / 1460) + math.floor(day / 36524) - math.floor(day / 146096)) / 365)
  day = day - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * day + 2) / 153)
  day = day - math.floor((153 * month + 2) / 5) + 1
  month = month < 10 and month + 3 or month - 9
  year = year + 400 * era + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day, math.floor(seconds / 3600) % 24,
    math.floor(seconds / 60) % 60, seconds % 60, ms % 1000)
end

-- The longest text of a result that is not the ERP's own, in bytes; a character that is cut goes whole.
local LONGEST_TEXT = 1000
local function shortened(text)
  if #text <= LONGEST_TEXT then return text end
  local last = LONGEST_TEXT
  while last > 0 and string.byte(text, last + 1) >= 128 and string.byte(text, last + 1) < 192 do last = last - 1 end
  return string.sub(text, 1, last)
end

-- A JSON object of names and texts or numbers by turns; what is false, nil or '' is left out.
local function object(...)
  local members, given = {}, {...}
  for n = 1, select('#', ...), 2 do
    local value = given[n + 1]
    if type(value) == 'string' and value ~= '' then value = cjson.encode(value) end
    if value and value ~= '' then members[#members + 1] = '"' .. given[n] .. '":' .. value end
  end
  return '{' .. table.concat(members, ',') .. '}'
end

local waiting_results = {}

-- A result of this type, unless the settings leave it out. `subject`, `sequence` and `trace` may be missing.
local function add_result(kind, id, subject, sequence, trace, data)
  if not RESULTS.types[kind] then return end
  local head = object('specversion', '1.0', 'id', id, 'source', RESULTS.source, 'type', 'waybill.' .. kind,
    'subject', subject, 'time', rfc3339(NOW), 'sequence', sequence and string.format('%010d', sequence),
    'traceparent', trace)
  waiting_results[#waiting_results + 1] = string.sub(head, 1, -2) .. ',"data":' .. data .. '}'
end

-- The life of an order, six digits, and how many results it has had: its field `life`. A number that is used
-- again has another life, so that no result has the id of an earlier order's.
local function life_of(order)
  local kept = known(ROOT .. 'order:' .. order, 'life') or '000000'
  return string.sub(kept, 1, 6), tonumber(string.sub(kept, 7)) or 0
end

local function begin_life(order, digest)
  set(ROOT .. 'order:' .. order, 'life', string.sub(digest, 1, 6) .. '0')
end

-- A result about an order, with the order's next number. Of an order that is known no more there is none.
local function record_result(kind, id, order, data)
  if not RESULTS.types[kind] then return end
  local key, sequence = ROOT .. 'order:' .. order, nil
  if known(key, 'version') then
    local life, before = life_of(order)
    sequence = before + 1
    set(key, 'life', life .. string.format('%d', sequence))
  end
  add_result(kind, id, order, sequence, known(key, 'trace'), data)
end

-- Those that a worker has prepared: type, id and data, with tabs between, one a line.
local function record_prepared(order, prepared)
  for kind, id, data in string.gmatch(prepared, '([^\t\n]+)\t([^\t\n]+)\t([^\n]+)') do
    record_result(kind, id, order, data)
  end
end

-- A key of another kind in the stream's place costs the results, not what they are about; they are counted.
local function write_results()
  for _, result in ipairs(waiting_results) do
    if type(redis.pcall('XADD', ROOT .. 'results', '*', 'event', result)) == 'table' then
      count('results_unwritten')
    end
  end
  waiting_results = {}
end
