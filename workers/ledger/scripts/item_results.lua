-- Results of items: how a delivery ends, what becomes a dead letter, what a person decides about one.

-- The id of a result: the same however often the change is made, another one for each dead letter of an item.
local function result_id(ref, word)
  local partner, order = watched(ref)
  local life = partner and life_of(order) .. '.' or ''
  return ref .. ':' .. life .. string.format('%d', tonumber(known(hash_of(ref), 'fence') or 0)) .. ':' .. word
end

-- The endpoint, the notification's id and its number, of a notification; DECK's customer, of a link.
local function of_delivery(ref)
  local key = ROOT .. ref
  if get(key, 'kind') ~= 'link' then
    local number = get(key, 'number')
    return 'endpoint', string.match(get(key, 'destination'), '/(.*)$'), 'event_id',
      string.match(ref, '^delivery:([^.]*)'), 'number', number and tonumber(number)
  end
  local is_json, texts = pcall(cjson.decode, get(key, 'payload') or '')
  local customer = is_json and type(texts) == 'table' and texts[2]
  return 'customer_id', type(customer) == 'string' and customer
end

-- A delivery has arrived. A change that its endpoint wants nothing of is never one.
local function record_arrival(ref)
  local kind = ({link = 'order.linked', notification = 'notification.delivered'})[get(ROOT .. ref, 'kind')]
  if not kind or not RESULTS.types[kind] then return end
  local again = get(ROOT .. ref, 'again')
  local id = ref .. ':arrived' .. (again and '.' .. again or '')
  record_result(kind, id, get(ROOT .. ref, 'order'), object(of_delivery(ref)))
end

-- An item becomes a dead letter, of which `letter` is the id, or what waits for an endpoint is discarded with it: then
-- there is none.
local function record_failure(ref, why, code, letter)
  local partner, order = watched(ref)
  local kind = partner and 'order.set_aside'
    or get(ROOT .. ref, 'kind') == 'link' and 'order.link_failed' or 'notification.failed'
  if not RESULTS.types[kind] then return end
  local cause = shortened(why)
  local data = partner and object('dead_letter', letter, 'code', code, 'reason', cause, 'partner', partner)
    or object('dead_letter', letter, 'code', code, 'reason', cause, of_delivery(ref))
  record_result(kind, result_id(ref, 'failed'), order or get(ROOT .. ref, 'order'), data)
end

-- A person has replayed or discarded a dead letter; an event's order is not known to it.
local function record_decision(ref, what)
  local kind, partner, order = 'dead_letter.' .. what, watched(ref)
  if not RESULTS.types[kind] then return end
  local key = hash_of(ref)
  local of = partner and 'watch' or get(key, 'kind') == 'change' and 'notification' or get(key, 'kind')
  local data = object('dead_letter', ref, 'kind', of, 'destination', get(key, 'destination'))
  order = order or get(key, 'order')
  if order then return record_result(kind, result_id(ref, what), order, data) end
  add_result(kind, result_id(ref, what), nil, nil, nil, data)
end

-- Nobody watches the order any more.
local function record_end(ref, fence, reason)
  local _, order = watched(ref)
  if not RESULTS.types['order.finished'] or is_watched(order) then return end
  local id = ref .. ':' .. life_of(order) .. '.' .. string.format('%d', tonumber(fence or 0)) .. ':finished'
  record_result('order.finished', id, order, object('reason', reason))
end
