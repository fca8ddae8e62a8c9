-- What the token's scripts share: the fields of one credential's token, and how long they are kept.
local KEY = KEYS[1]

local function number(name) return tonumber(redis.call('HGET', KEY, name) or 0) end

-- For 25 hours after its last change, and as long as nobody may ask.
local function keep_token() redis.call('PEXPIRE', KEY, math.max(90000000, number('failed') - NOW)) end
