--#include time
--#include items
--#include gate_word
-- A person opens a gate for one call now: what it is answered decides, as after a breaker. Release looks at once. What has
-- met the closed gate comes again when its own pause is over, so that the first of it is made due: else no call would go.
-- The gate is of another slot, as in admit.lua.
--
-- ARGV: destination, the gate's key ('' where it was asked already), what that has answered ('' where it was not), '1' in the first partition.
-- Answers 'opened'; 'trial' where somebody has opened it and the call has no outcome yet; 'open' where it was not closed. In
--   further partitions 'also'.
look_by(ARGV[1], NOW)
local word = ARGV[3] ~= '' and ARGV[3] or word_of(ARGV[2])
if word ~= 'open' then
  -- Also on trial: whoever opened it may have ended before this partition.
  local first = redis.call('ZRANGE', ROOT .. 'due:' .. ARGV[1], 0, 0)[1]
  if first and has_due(ARGV[1]) == 0 then make_due(first, ARGV[1], NOW) end
end
flush()
return ARGV[4] == '1' and word or 'also'
