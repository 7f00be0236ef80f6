-- KEYS: the user, the user's grants. ARGV: time. Writes nothing.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
local resend_at = false
for _, send in ipairs(person.sends) do
  if not send.succeeded and now < send.keep_until then
    resend_at = math.max(resend_at or 0, send.resend_at)
  end
end
local challenges = {}
for field in pairs(person.fields) do
  if string.sub(field, 1, 2) == 'c:' then
    local place = string.sub(field, 3)
    local challenge = person:challenge_of(place)
    if challenge and is_live(challenge, now) then
      challenges[#challenges + 1] = place
      challenges[#challenges + 1] = challenge.record
      challenges[#challenges + 1] = text(challenge.used)
    end
  end
end
return {
  text(now), text(person:failures_now(now)), person:lock_now(now), resend_at and text(resend_at) or false, challenges,
  redis.call('HGETALL', KEYS[2]),
}
