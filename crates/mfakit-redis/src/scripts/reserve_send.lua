-- KEYS: the user, the user's actions if there is an approval. ARGV: time, challenge, session, scope, waits, limits of session and scope, limits of
-- the user, time to keep a send, approval or ''. Returns the answer, and the action of the approval.
local now = current_time(ARGV[1])
local challenge, login, scope = ARGV[2], ARGV[3], ARGV[4]
local per_place, per_user, keep = limits_of(ARGV[6]), limits_of(ARGV[7]), int(ARGV[8], 'argument')
local waits = {}
for wait in string.gmatch(ARGV[5], '%d+') do waits[#waits + 1] = tonumber(wait) end
local user = user_of(KEYS[1])

local lock = user:lock_now(now)
if lock ~= 'open' then return { { 'locked', lock }, false } end
local place, bound = place_of(login, scope, ARGV[9]), ARGV[9] ~= ''
local actions = bound and actions_of(KEYS[2]) or {}
local action = live_action(actions, place, now)
if bound and not action then return { { 'no_action' }, false } end
user:forget_sends(now)

local function budgeted_at()
  local all, of_place = {}, {}
  for _, send in ipairs(user.sends) do
    all[#all + 1] = send.at
    if not send.succeeded and send.login == login and send.scope == scope then of_place[#of_place + 1] = send.at end
  end
  return math.max(next_at(per_user, all, now), next_at(per_place, of_place, now))
end

local cooled_at = now
if #waits > 0 then
  for _, send in ipairs(user.sends) do
    if not send.succeeded then cooled_at = math.max(cooled_at, send.resend_at) end
  end
  cooled_at = clamp(cooled_at, now, now + keep)
end
local room_at = budgeted_at()
local resend_at = math.max(cooled_at, room_at)
if now < resend_at then
  local live = user:challenge_of(place)
  if live and not is_live(live, now) then live = nil end
  return { {
    'too_soon', text(resend_at), cooled_at > room_at and '1' or '0',
    live and live.record or false, live and text(live.used) or false, action and action.digest or '',
  }, false }
end

local send = {
  field = free_field(user.fields, 's:' .. challenge), challenge = challenge, at = now, resend_at = now, keep_until = now + keep,
  state = 'R', succeeded = false, login = login, scope = scope,
}
user.sends[#user.sends + 1] = send
local counted = 0
for _, other in ipairs(user.sends) do
  if not other.succeeded and now < other.at + HOUR then counted = counted + 1 end
end
local wait = waits[counted] or waits[#waits] or 0
send.resend_at = now + wait
user:put_send(send)
user:save(now)
-- The action lasts while the send is in flight.
if bound then let_last(KEYS[2], actions, place, now + MAX_SEND_TIME, now) end
return { { 'reserved', text(math.max(send.resend_at, budgeted_at())) }, bound and record_of(action) or false }
