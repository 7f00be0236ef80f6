-- KEYS: the user. ARGV: time, challenge, log-in, scope, waits, limits of log-in and scope, limits of the user, how long
-- a send is kept.
local now = the_time(ARGV[1])
local challenge, login, scope = ARGV[2], ARGV[3], ARGV[4]
local per_place, per_user, keep = limits_of(ARGV[6]), limits_of(ARGV[7]), int(ARGV[8], 'argument')
local waits = {}
for wait in string.gmatch(ARGV[5], '%d+') do waits[#waits + 1] = tonumber(wait) end
local person = person_of(KEYS[1])

local lock = person:lock_now(now)
if lock ~= 'open' then return { 'locked', lock } end
person:forget_sends(now)

local function budgeted_at()
  local all, of_place = {}, {}
  for _, send in ipairs(person.sends) do
    all[#all + 1] = send.at
    if not send.succeeded and send.login == login and send.scope == scope then of_place[#of_place + 1] = send.at end
  end
  return math.max(next_at(per_user, all, now), next_at(per_place, of_place, now))
end

local cooled_at = now
if #waits > 0 then
  for _, send in ipairs(person.sends) do
    if not send.succeeded then cooled_at = math.max(cooled_at, send.resend_at) end
  end
  cooled_at = clamp(cooled_at, now, now + keep)
end
local spent_until = budgeted_at()
local resend_at = math.max(cooled_at, spent_until)
if now < resend_at then
  local live = person:challenge_of(login .. ':' .. scope)
  if live and not is_live(live, now) then live = nil end
  return {
    'too_soon', text(resend_at), cooled_at > spent_until and '1' or '0',
    live and live.record or false, live and text(live.used) or false,
  }
end

local send = {
  field = free_field(person.fields, 's:' .. challenge), challenge = challenge, at = now, resend_at = now, keep_until = now + keep,
  state = 'R', succeeded = false, login = login, scope = scope,
}
person.sends[#person.sends + 1] = send
local counted = 0
for _, other in ipairs(person.sends) do
  if not other.succeeded and now < other.at + HOUR then counted = counted + 1 end
end
local wait = waits[counted] or waits[#waits] or 0
send.resend_at = now + wait
person:put_send(send)
person:save(now)
return { 'reserved', text(math.max(send.resend_at, budgeted_at())) }
