-- KEYS: the user, the user's grants, the user's spent challenges. ARGV: time, challenge, session, scope, lifetime, first
-- part of the grant's record, last part of it, proof of the code, nonce of the grant.
local now = current_time(ARGV[1])
local place, lifetime = ARGV[3] .. ':' .. ARGV[4], int(ARGV[5], 'argument')
local user = user_of(KEYS[1])
local challenge = user:challenge_of(place)
if not challenge or challenge.id ~= ARGV[2] or now >= challenge.expires_at then return { 'over' } end

local expires_at = now + lifetime
local changed, ends_at = grants_of(KEYS[2], now)
local channel = string.match(challenge.record, '^1|%x+|%x+|%d+|%d+|%d+|(%a+)|')
if not channel then unreadable('challenge') end
changed[place] = table.concat({ '1', ARGV[6], channel, text(now), text(expires_at), ARGV[7] }, '|')

user:drop_challenge(place)
-- The right attempt is not a guess, so it is not among the attempts used.
challenge.used = math.max(challenge.used - 1, 0)
local spent = { challenge = challenge, proof = ARGV[8], nonce = ARGV[9], grant = changed[place] }
local kept, kept_until = spent_changes(KEYS[3], place, spent, now)
user:clear_failures()
for _, send in ipairs(user.sends) do
  send.succeeded = true
  user:put_send(send)
end
write(KEYS[2], changed, math.max(ends_at, expires_at), now)
write(KEYS[3], kept, kept_until, now)
user:save(now)
return { 'granted', changed[place] }
