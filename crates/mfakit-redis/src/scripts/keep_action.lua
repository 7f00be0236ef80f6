-- KEYS: the user, the user's grants, the user's spent challenges, the user's actions, the user's consumed approvals. ARGV:
-- time, session, scope, approval, digest, time of keeping, lifetime, content, most actions of session and scope, most actions
-- of the user. Returns the approval that the action is kept for, and the approval of the same action that was consumed last,
-- with the time since.
local now = current_time(ARGV[1])
local session, scope = ARGV[2], ARGV[3]
local place = place_of(session, scope, ARGV[4])
-- The lifetime starts by this clock, because later scripts judge it by this clock. In a test all clocks are one.
local kept_at = ARGV[1] == '' and now or int(ARGV[6], 'argument')
local new = { kept_at = kept_at, expires_at = kept_at + int(ARGV[7], 'argument'), digest = ARGV[5], content = ARGV[8] }
local user, grants, actions = user_of(KEYS[1]), fields_of(KEYS[2]), actions_of(KEYS[4])

-- Returns 2 if the action of a place has a live grant, 1 if it has a live challenge, and 0 otherwise.
local function worth_of(of)
  local challenge, granted_until = user:challenge_of(of), grants[of] and grant_ends_at(grants[of])
  if granted_until and now < granted_until then return 2 end
  return challenge and is_live(challenge, now) and 1 or 0
end

local changed, kept, gone, known = {}, {}, {}, nil
local consumed = consumed_like(KEYS[5], session, scope, new.digest, now)[1] or { approval = '', at = -1 }
local ends_at = new.expires_at
for of, action in pairs(actions) do
  local session_of, scope_of, approval = parts_of(of)
  if not session_of then unreadable('session and scope') end
  if now >= action.expires_at then
    changed[of] = false
  else
    local of_place = session_of == session and scope_of == scope
    if of_place and action.digest == new.digest then
      if not action.is_consumed then
        known = { place = of, approval = approval }
      elseif action.kept_at > consumed.at or (action.kept_at == consumed.at and approval > consumed.approval) then
        consumed = { approval = approval, at = action.kept_at }
      end
    end
    -- What was approved for one action is never kept for another.
    if of == place then
      gone[#gone + 1] = of
    elseif action.is_consumed then
      ends_at = math.max(ends_at, action.expires_at)
    else
      local worth = worth_of(of)
      kept[#kept + 1] = {
        place = of, approval = approval, waits_here = of_place and worth < 2, kept_at = action.kept_at, worth = worth,
      }
    end
  end
end
if known then
  even_if_full(KEYS[4])
  let_last(KEYS[4], actions, known.place, new.expires_at, now)
  return { 'known', known.approval, consumed.approval, text(math.max(now - consumed.at, 0)) }
end

table.sort(kept, function(one, other)
  if one.worth ~= other.worth then return one.worth < other.worth end
  if one.kept_at ~= other.kept_at then return one.kept_at < other.kept_at end
  return one.approval < other.approval
end)
-- Lets the first of those that count toward a limit go, so that there is room for one more.
local function make_room(limit, counts)
  local counted, left = 0, {}
  for _, one in ipairs(kept) do counted = counted + (counts(one) and 1 or 0) end
  local surplus = counted + 1 - math.max(int(limit, 'argument'), 1)
  for _, one in ipairs(kept) do
    if counts(one) and surplus > 0 then
      gone[#gone + 1], surplus = one.place, surplus - 1
    else
      left[#left + 1] = one
    end
  end
  kept = left
end
-- A consumed approval with the same identifier belongs to another action, so it is forgotten.
local forgotten, again = {}, consumed_at(KEYS[5], place)
if again then forget_consumed(KEYS[5], again, forgotten) end
make_room(ARGV[9], function(one) return one.waits_here end)
make_room(ARGV[10], function() return true end)

for _, one in ipairs(kept) do ends_at = math.max(ends_at, actions[one.place].expires_at) end
for _, of in ipairs(gone) do changed[of] = false end
changed[place] = record_of(new)
-- First, because a full server rejects it before anything is written.
write(KEYS[4], changed, ends_at, now)
for _, of in ipairs(gone) do
  redis.call('HDEL', KEYS[2], of)
  redis.call('HDEL', KEYS[3], of)
  if user.fields['c:' .. of] then user:drop_challenge(of) end
end
for field, value in pairs(forgotten) do
  if value then redis.call('HSET', KEYS[5], field, value) else redis.call('HDEL', KEYS[5], field) end
end
if next(user.changed) then user:save(now) end
return { 'kept', ARGV[4], consumed.approval, text(math.max(now - consumed.at, 0)) }
