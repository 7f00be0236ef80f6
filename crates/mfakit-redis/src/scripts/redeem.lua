-- KEYS: the user, the user's grants, the user's spent challenges. ARGV: time, challenge, log-in, scope, lifetime, what
-- begins the record of the grant, what ends it, the proof of the code, the nonce of the grant.
local now = the_time(ARGV[1])
local place, lifetime = ARGV[3] .. ':' .. ARGV[4], int(ARGV[5], 'argument')
local person = person_of(KEYS[1])
local challenge = person:challenge_of(place)
if not challenge or challenge.id ~= ARGV[2] or now >= challenge.expires_at then return { 'over' } end

local expires_at = now + lifetime
local changed, ends_at = grants_of(KEYS[2], now)
local channel = string.match(challenge.record, '^1|%x+|%x+|%d+|%d+|%d+|(%a+)|')
if not channel then unreadable('challenge') end
changed[place] = table.concat({ '1', ARGV[6], channel, text(now), text(expires_at), ARGV[7] }, '|')

person:drop_challenge(place)
-- The attempt that was right is no guess, and so not among those tried.
challenge.used = math.max(challenge.used - 1, 0)
local spent = { challenge = challenge, proof = ARGV[8], nonce = ARGV[9], grant = changed[place] }
local kept, kept_until = keeping(KEYS[3], place, spent, now)
person:clear_failures()
for _, send in ipairs(person.sends) do
  send.succeeded = true
  person:put_send(send)
end
write(KEYS[2], changed, math.max(ends_at, expires_at), now)
write(KEYS[3], kept, kept_until, now)
person:save(now)
return { 'granted', changed[place] }
