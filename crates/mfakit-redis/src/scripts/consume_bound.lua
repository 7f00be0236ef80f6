-- KEYS: the user, the user's grants, the user's spent challenges, the user's actions. ARGV: time, place, record. Returns the
-- current record if it is a different one.
local now = current_time(ARGV[1])
local place = ARGV[2]
local current = redis.call('HGET', KEYS[2], place)
if current ~= ARGV[3] then return { 'gone', current } end
local user = user_of(KEYS[1])
local changed, ends_at = grants_of(KEYS[2], now)
changed[place] = false
even_if_full(KEYS[2])
write(KEYS[2], changed, ends_at, now)
redis.call('HDEL', KEYS[3], place)
redis.call('HDEL', KEYS[4], place)
if user.fields['c:' .. place] then
  user:drop_challenge(place)
  user:save(now)
end
return { 'consumed', false }
