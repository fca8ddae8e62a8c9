-- What several scripts do with an order: its record, its watches, its life.

-- The record is written by `keep`, which knows how long it stays.
local records = {}
local function write_record(order, record, version)
  records[order] = record
  set(ROOT .. 'order:' .. order, 'version', version)
end

-- Write all, and let it live: the record and the timeline while the order is watched, then for the retention.
-- The hash, which counts what is made, lives on while a delivery of the order waits, travels or is a dead letter:
-- what is made later must be known as later. What is known to have no end is not told so again.
local function keep(order, retention)
  local key, record, log = ROOT .. 'order:' .. order, records[order], logs[order]
  local one = hash(key)
  local goes_on, open = is_watched(order), tonumber(known(key, 'open') or 0) > 0
  local went_on, was_open = one.was.state and one.was.state ~= 'ended', tonumber(one.was.open or 0) > 0
  local others = known(key, 'watches') or ''
  if log then log.kept = true end
  flush()
  local function live(it, on, has_no_end)
    if not on then redis.call('PEXPIRE', it, retention) end
    if on and (one.ends or not has_no_end) then redis.call('PERSIST', it) end
  end
  live(key, goes_on or open, one.is_new or went_on or was_open)
  if record and goes_on then
    redis.call('SET', ROOT .. 'record:' .. order, record)
  elseif record then
    redis.call('SET', ROOT .. 'record:' .. order, record, 'PX', retention)
  else
    live(ROOT .. 'record:' .. order, goes_on, went_on)
  end
  live(ROOT .. 'log:' .. order, goes_on, went_on or (log and log.begins))
  for partner in string.gmatch(others, '%S+') do
    live(ROOT .. watch_ref(partner, order), goes_on, went_on)
  end
end

-- Note on the order that a further partner watches it.
local function know_watch(partner, order)
  local key = ROOT .. 'order:' .. order
  local known = get(key, 'watches') or ''
  if string.find(' ' .. known, ' ' .. partner .. ' ', 1, true) then return end
  set(key, 'watches', known .. partner .. ' ')
end

-- Have a partner look at the order soon: now, or again when the look that is under way has ended. The
-- mark stays until a look begins, and wins over whatever the one under way comes to. Answers the fence
-- when it is leased at once. Where it is to be asked elsewhere, what is under way holds nothing any more.
local function look(ref, destination, direct, cap, lease)
  local partner, order = watched(ref)
  local first = first_partner(order)
  local key = hash_of(ref)
  local state = get(key, 'state')
  local worked_on = state == 'leased' or state == 'sending'
  if worked_on and get(key, 'destination') == destination then
    set(key, 'look_again', 1)
    return nil
  end
  -- Where it is watched may have changed since.
  if state then take_out(ref, get(key, 'destination')) end
  if worked_on then
    add(key, 'fence', 1)
    drop(key, 'run', 'look_again')
  end
  if state == 'dead' then drop(key, 'why', 'code') end
  set(key, 'state', 'ended')
  set(key, 'destination', destination)
  set(key, 'tries', 0)
  if first and first ~= partner then know_watch(partner, order) end
  return start(ref, destination, direct, cap, lease)
end

-- End a watch. The fence moves on, so that a look under way holds nothing. Without a reason a person has decided,
-- and that is a result of its own.
local function end_watch(ref, reason)
  local key = hash_of(ref)
  local state = get(key, 'state')
  if not state or state == 'ended' then return end
  local fence = get(key, 'fence')
  take_out(ref, get(key, 'destination'))
  add(key, 'fence', 1)
  drop(key, 'look_again')
  recover(ref, 'history')
  forget_run(key)
  if state == 'dead' then drop(key, 'why', 'code') end
  set(key, 'state', 'ended')
  if reason then record_end(ref, fence, reason) end
end

-- Move `n` watches of an order, five arguments each from ARGV on: 'start', 'look' (as long as it has not
-- ended) or 'end', the partner, the destination, its direct flag and its cap. What is leased at once is
-- added to `leased`, see add_leased.
local function move_watches(order, first, n, lease, leased)
  if n == 0 then return end
  adopted('order:' .. order)
  for a = first, first + (n - 1) * 5, 5 do
    local move, ref, destination = ARGV[a], watch_ref(ARGV[a + 1], order), ARGV[a + 2]
    local state = get(hash_of(ref), 'state')
    if move == 'start' or (move == 'look' and state and state ~= 'ended') then
      local fence = look(ref, destination, ARGV[a + 3], tonumber(ARGV[a + 4]), lease)
      if fence then add_leased(leased, destination, ref, fence) end
    elseif move == 'end' then
      end_watch(ref, 'cancelled')
    end
  end
end
