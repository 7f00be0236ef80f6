-- KEYS: the user, the user's grants, the user's spent challenges, the user's actions, the user's consumed approvals. ARGV:
-- time, place, record, shortest time for which a consumed approval is remembered, largest number of them. Returns the current
-- record if it is a different one.
local now = current_time(ARGV[1])
local place = ARGV[2]
local current = redis.call('HGET', KEYS[2], place)
if current ~= ARGV[3] then return { 'gone', current } end
local user, kept = user_of(KEYS[1]), redis.call('HGET', KEYS[4], place)
local action, consumed = kept and action_in(kept), consumed_at(KEYS[5], place)
-- Another release may make a grant of an approval that was consumed. It is not used.
if action and action.is_consumed or consumed and now < consumed.remembered_until then return { 'gone', false } end
local changed, ends_at = grants_of(KEYS[2], now)
changed[place] = false
local remembered, remembered_until
if action then
  local until_at_least = now + int(ARGV[4], 'argument')
  remembered, remembered_until = remember_consumed(
    KEYS[5], place, action.digest, math.max(action.expires_at, until_at_least), int(ARGV[5], 'argument'), now)
end
even_if_full(KEYS[2])
write(KEYS[2], changed, ends_at, now)
redis.call('HDEL', KEYS[3], place)
redis.call('HDEL', KEYS[4], place)
if remembered then write(KEYS[5], remembered, remembered_until, now) end
if user.fields['c:' .. place] then
  user:drop_challenge(place)
  user:save(now)
end
return { 'consumed', false }
