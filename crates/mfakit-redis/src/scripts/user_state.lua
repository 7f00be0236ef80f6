-- KEYS: the user, the user's grants, the user's actions, the user's consumed approvals. ARGV: time. Writes nothing. Of the
-- consumed approvals, returns the newest of each kept action.
local now = current_time(ARGV[1])
local user = user_of(KEYS[1])
local resend_at = false
for _, send in ipairs(user.sends) do
  if not send.succeeded and now < send.keep_until then
    resend_at = math.max(resend_at or 0, send.resend_at)
  end
end
local challenges = {}
for field in pairs(user.fields) do
  if string.sub(field, 1, 2) == 'c:' then
    local place = string.sub(field, 3)
    local challenge = user:challenge_of(place)
    if challenge and is_live(challenge, now) then
      challenges[#challenges + 1] = place
      challenges[#challenges + 1] = challenge.record
      challenges[#challenges + 1] = text(challenge.used)
    end
  end
end
local actions, consumed = redis.call('HGETALL', KEYS[3]), {}
for at = 1, #actions, 2 do
  local session, scope = parts_of(actions[at])
  local digest = string.match(actions[at + 1], '^2|%d+|%d+|(%x+)|.')
  local newest = session and digest and consumed_like(KEYS[4], session, scope, digest, now)[1]
  if newest then
    consumed[#consumed + 1] = newest.place
    consumed[#consumed + 1] = newest.record
  end
end
return {
  text(now), text(user:failures_now(now)), user:lock_now(now), resend_at and text(resend_at) or false, challenges,
  redis.call('HGETALL', KEYS[2]), actions, consumed,
}
