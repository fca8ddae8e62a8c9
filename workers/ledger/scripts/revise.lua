--#include time
--#include items
--#include links
--#include deliveries
-- A person sends a delivery that was given up with another payload, under an id of its own, at its lane's tail. The dead
-- letter stays and states by what it was corrected. A link with a newer one waiting or delivered is refused, as in
-- replay.lua.
--
-- ARGV: ref of the dead letter, the new id, payload, retention ms of ended deliveries, timeline cap.
-- Answers 'revised', 'known' (it is there already, or was, as the letter states), 'refused', 'not_dead' or 'gone'.
local ref, id, cap = ARGV[1], ARGV[2], tonumber(ARGV[5])
local key = ROOT .. ref
local state, order, destination, kind = get(key, 'state'), get(key, 'order'), get(key, 'destination'), get(key, 'kind')
if not state then return 'gone' end
if state ~= 'dead' or not order then return 'not_dead' end
if get(key, 'corrected') == 'delivery:' .. id or get(ROOT .. 'delivery:' .. id, 'state') then return 'known' end
if kind == 'link' and is_outdated(ref, order, destination) then return 'refused' end
local version = get(ROOT .. 'order:' .. order, 'version') or get(key, 'seq')
if kind == 'link' then supersede(order, destination, tonumber(ARGV[4]), cap) end
enter(order, id, destination, kind, ARGV[3], version, '0', 0, 0)
set(key, 'corrected', 'delivery:' .. id)
record_attempt(ref, 'corrected by delivery:' .. id)
note(order, cap, 'V', short(ref), 'delivery:' .. id)
flush()
return 'revised'
