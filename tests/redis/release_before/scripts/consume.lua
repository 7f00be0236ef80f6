-- KEYS: the user's grants. ARGV: time, field, record. Returns the current record if it is a different one.
local now = current_time(ARGV[1])
local current = redis.call('HGET', KEYS[1], ARGV[2])
if current ~= ARGV[3] then return { 'gone', current } end
local changed, ends_at = grants_of(KEYS[1], now)
changed[ARGV[2]] = false
even_if_full(KEYS[1])
write(KEYS[1], changed, ends_at, now)
return { 'consumed', false }
