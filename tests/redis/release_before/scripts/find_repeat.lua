-- KEYS: the user, the user's grants, the user's spent challenges. ARGV: time, challenge, session, scope, number of the
-- attempt, proofs.
local now = current_time(ARGV[1])
local place = ARGV[3] .. ':' .. ARGV[4]
local user = user_of(KEYS[1])
local live, spent = user:challenge_of(place), spent_at(KEYS[3], place)

if live and live.id == ARGV[2] and now < live.expires_at then
  local pending = user:settle(place, ARGV[5], ARGV[6])
  even_if_full(KEYS[1])
  if next(user.changed) then user:save(now) end
  return { pending and 'pending' or 'nothing' }
end
if not spent or spent.challenge.id ~= ARGV[2] or now >= spent.challenge.expires_at then return { 'nothing' } end
local granted = is_current(spent, redis.call('HGET', KEYS[2], place), now)
if not granted or not lists(ARGV[6], spent.proof) then return { 'nothing' } end
local challenge = spent.challenge
challenge.used = math.max(challenge.used - 1, 0)
local kept, kept_until = spent_changes(KEYS[3], place, spent, now)
even_if_full(KEYS[3])
write(KEYS[3], kept, kept_until, now)
return { 'found', challenge.record, text(challenge.used), spent.grant, spent.nonce }
