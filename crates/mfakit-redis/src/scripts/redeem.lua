-- KEYS: the user, the user's grants, the user's spent challenges, the user's actions if there is an approval. ARGV: time, challenge, session, scope,
-- lifetime, first part of the grant's record, last part of it, proof of the code, nonce of the grant, approval or ''.
local now = current_time(ARGV[1])
local place, lifetime = place_of(ARGV[3], ARGV[4], ARGV[10]), int(ARGV[5], 'argument')
local bound = ARGV[10] ~= ''
local user = user_of(KEYS[1])
local challenge = user:challenge_of(place)
if not challenge or challenge.id ~= ARGV[2] or now >= challenge.expires_at then return { 'over' } end
local actions = bound and actions_of(KEYS[4]) or {}
local action = live_action(actions, place, now)
if bound and not action then return { 'over' } end

local expires_at = now + lifetime
local changed, ends_at = grants_of(KEYS[2], now)
local method = string.match(challenge.record, '^1|%x+|%x+|%d+|%d+|%d+|(%a+)|')
if not method then unreadable('challenge') end
local terms = table.concat({ ARGV[6], method, text(now), text(expires_at), ARGV[7] }, '|')
changed[place] = bound and '2|' .. terms .. '|' .. action.digest or '1|' .. terms

user:drop_challenge(place)
-- The right attempt is not a guess, so it is not among the attempts used.
challenge.used = math.max(challenge.used - 1, 0)
local spent = { challenge = challenge, proof = ARGV[8], nonce = ARGV[9], grant = '1|' .. terms }
local kept, kept_until = spent_changes(KEYS[3], place, spent, now)
user:clear_failures()
for _, send in ipairs(user.sends) do
  send.succeeded = true
  user:put_send(send)
end
write(KEYS[2], changed, math.max(ends_at, expires_at), now)
write(KEYS[3], kept, kept_until, now)
user:save(now)
if bound then let_last(KEYS[4], actions, place, expires_at, now) end
return { 'granted', changed[place] }
