-- KEYS: the user, the user's grants, the user's spent challenges, the user's actions. ARGV: time, place, record, shortest time
-- for which a consumed approval is remembered. Returns the current record if it is a different one. The record of the action
-- stays, without its content, until that time is over and the action would have expired. It is shorter than the hour for which
-- a key outlives its fields.
local now = current_time(ARGV[1])
local place = ARGV[2]
local current = redis.call('HGET', KEYS[2], place)
if current ~= ARGV[3] then return { 'gone', current } end
local user, kept = user_of(KEYS[1]), redis.call('HGET', KEYS[4], place)
local action = kept and action_in(kept)
-- Another release may make a grant of an approval that was consumed. It is not used.
if action and action.is_consumed then return { 'gone', false } end
local changed, ends_at = grants_of(KEYS[2], now)
changed[place] = false
even_if_full(KEYS[2])
write(KEYS[2], changed, ends_at, now)
redis.call('HDEL', KEYS[3], place)
if action then
  action.content, action.kept_at = '', now
  action.expires_at = math.max(action.expires_at, now + int(ARGV[4], 'argument'))
  redis.call('HSET', KEYS[4], place, record_of(action))
end
if user.fields['c:' .. place] then
  user:drop_challenge(place)
  user:save(now)
end
return { 'consumed', false }
