-- KEYS: the user's grants. ARGV: time, field, the record. Gives the record that is there, if it is another.
local now = the_time(ARGV[1])
local there = redis.call('HGET', KEYS[1], ARGV[2])
if there ~= ARGV[3] then return { 'gone', there } end
local changed, ends_at = grants_of(KEYS[1], now)
changed[ARGV[2]] = false
write(KEYS[1], changed, ends_at, now)
return { 'consumed', false }
