-- KEYS: the user, the user's grants, the user's spent challenges. ARGV: time, challenge, log-in, scope, numbers, lock
-- after, lock for, longest lock, disable after, forget after, proofs.
local now = the_time(ARGV[1])
local lock_after, lock_for, longest = int(ARGV[6], 'argument'), int(ARGV[7], 'argument'), int(ARGV[8], 'argument')
local disable_after, forget_after = int(ARGV[9], 'argument'), int(ARGV[10], 'argument')
local person = person_of(KEYS[1])

local lock = person:lock_now(now)
if lock ~= 'open' then return { 'locked', lock } end
local place = ARGV[3] .. ':' .. ARGV[4]
local challenge, spent = person:challenge_of(place), spent_at(KEYS[3], place)
if spent and spent.challenge.id == ARGV[2] then
  challenge = spent.challenge
  if not stands(spent, redis.call('HGET', KEYS[2], place), now) or not lists(ARGV[5], challenge.number) then
    redis.call('HDEL', KEYS[3], place)
    return { 'over' }
  end
  if not is_live(challenge, now) then return { 'over' } end
  if lists(ARGV[11], spent.proof) then
    return { 'repeated', challenge.record, text(challenge.used), spent.grant, spent.nonce }
  end
else
  spent = nil
  if not challenge or challenge.id ~= ARGV[2] or not is_live(challenge, now) then return { 'over' } end
  if not lists(ARGV[5], challenge.number) then
    person:drop_challenge(place)
    person:save(now)
    return { 'over' }
  end
end

challenge.used = challenge.used + 1
if person.lock ~= 'disabled' and (person.count == 0 or now >= person.last_at + forget_after) then
  person:clear_failures()
end
person.count, person.last_at, person.forget_at = person.count + 1, now, now + forget_after
if person.count >= disable_after then
  person.lock = 'disabled'
elseif person.count % lock_after == 0 then
  local doublings = math.min(person.count / lock_after - 1, 31)
  person.lock = text(now + math.min(lock_for * 2 ^ doublings, longest))
end
person:put_failures()
if spent then
  local kept, kept_until = keeping(KEYS[3], place, spent, now)
  write(KEYS[3], kept, kept_until, now)
else
  local before = person.fields['f:' .. place]
  local proof = string.match(ARGV[11], '^%x+')
  person.changed['a:' .. place] = text(challenge.used)
  if proof then
    person.changed['f:' .. place] = (before and before .. ',' or '') .. text(challenge.used) .. ':' .. proof
  end
end
person:save(now)
return {
  spent and 'rejected' or 'reserved', challenge.record, text(challenge.used), text(person.count), person:lock_now(now),
  text(person.era),
}
