-- KEYS: the user, the user's grants. ARGV: time. Writes nothing.
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
return {
  text(now), text(user:failures_now(now)), user:lock_now(now), resend_at and text(resend_at) or false, challenges,
  redis.call('HGETALL', KEYS[2]),
}
