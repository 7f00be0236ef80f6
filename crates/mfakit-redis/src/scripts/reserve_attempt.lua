-- KEYS: the user, the user's grants, the user's spent challenges, the user's actions if there is an approval. ARGV: time, challenge, session, scope,
-- numbers or '*', lock after, lock for, longest lock, disable after, forget after, proofs, approval or ''.
local now = current_time(ARGV[1])
local lock_after, lock_for, longest = int(ARGV[6], 'argument'), int(ARGV[7], 'argument'), int(ARGV[8], 'argument')
local disable_after, forget_after = int(ARGV[9], 'argument'), int(ARGV[10], 'argument')
local user = user_of(KEYS[1])

local function is_to_another(challenge)
  return ARGV[5] ~= '*' and not lists(ARGV[5], challenge.number)
end

local lock = user:lock_now(now)
if lock ~= 'open' then return { 'locked', lock } end
local place = place_of(ARGV[3], ARGV[4], ARGV[12])
local digest = digest_at(KEYS[4], place, ARGV[12], now)
if not digest then return { 'over' } end
local challenge, spent = user:challenge_of(place), spent_at(KEYS[3], place)
if spent and spent.challenge.id == ARGV[2] then
  challenge = spent.challenge
  local grant = redis.call('HGET', KEYS[2], place)
  if not is_current(spent, grant, now) or is_to_another(challenge) then
    redis.call('HDEL', KEYS[3], place)
    return { 'over' }
  end
  if not is_live(challenge, now) then return { 'over' } end
  if lists(ARGV[11], spent.proof) then
    return { 'repeated', challenge.record, text(challenge.used), grant, spent.nonce }
  end
else
  spent = nil
  if not challenge or challenge.id ~= ARGV[2] or not is_live(challenge, now) then return { 'over' } end
  if is_to_another(challenge) then
    user:drop_challenge(place)
    user:save(now)
    return { 'over' }
  end
end

local is_forgotten = user.lock ~= 'disabled' and (user.count == 0 or now >= user.last_at + forget_after)
local failures = (is_forgotten and 0 or user.count) + 1
local disables, locks = failures >= disable_after, failures % lock_after == 0
if ARGV[5] == '*' and not spent and (disables or locks) then return { 'number_needed' } end

challenge.used = challenge.used + 1
local attempt = text(challenge.used + user:returned(place))
if is_forgotten then user:clear_failures() end
user.count, user.last_at, user.forget_at = failures, now, now + forget_after
if disables then
  user.lock = 'disabled'
elseif locks then
  local doublings = math.min(user.count / lock_after - 1, 31)
  user.lock = text(now + math.min(lock_for * 2 ^ doublings, longest))
end
user:put_failures()
if spent then
  local kept, kept_until = spent_changes(KEYS[3], place, spent, now)
  write(KEYS[3], kept, kept_until, now)
else
  local before = user.fields['f:' .. place]
  local proof = string.match(ARGV[11], '^%x+')
  user.changed['a:' .. place] = text(challenge.used)
  if proof then
    user.changed['f:' .. place] = (before and before .. ',' or '') .. attempt .. ':' .. proof
  end
end
user:save(now)
return {
  spent and 'rejected' or 'reserved', challenge.record, text(challenge.used), text(user.count), user:lock_now(now),
  text(user.era), attempt, digest,
}
