-- KEYS: the user. ARGV: time, challenge, log-in, scope, numbers, lock after, lock for, longest lock, disable after,
-- forget after.
local now = the_time(ARGV[1])
local lock_after, lock_for, longest = int(ARGV[6], 'argument'), int(ARGV[7], 'argument'), int(ARGV[8], 'argument')
local disable_after, forget_after = int(ARGV[9], 'argument'), int(ARGV[10], 'argument')
local person = person_of(KEYS[1])

local lock = person:lock_now(now)
if lock ~= 'open' then return { 'locked', lock } end
local place = ARGV[3] .. ':' .. ARGV[4]
local challenge = person:challenge_of(place)
if not challenge or challenge.id ~= ARGV[2] or not is_live(challenge, now) then return { 'over' } end
local on_file = false
for number in string.gmatch(ARGV[5], '%x+') do on_file = on_file or number == challenge.number end
if not on_file then
  person:drop_challenge(place)
  person:save(now)
  return { 'over' }
end

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
person.changed['a:' .. place] = text(challenge.used + 1)
person:save(now)
return {
  'reserved', challenge.record, text(challenge.used + 1), text(person.count), person:lock_now(now), text(person.era),
}
