-- KEYS: the user, the user's grants, the user's spent challenges, the user's actions, the user's consumed approvals. ARGV:
-- time, session or '', scope or '', approval or ''.
local now = current_time(ARGV[1])
local function covers(login, scope)
  return (ARGV[2] == '' or ARGV[2] == login) and (ARGV[3] == '' or ARGV[3] == scope)
end
local function covers_place(place)
  local login, scope, approval = parts_of(place)
  -- A field without a session and scope belongs to no session, and is deleted too.
  return not login or (covers(login, scope) and (ARGV[4] == '' or ARGV[4] == approval))
end

-- Grants are deleted first, and by their fields alone, so that they are gone even if something else cannot be read.
local changed, ends_at = grants_of(KEYS[2], now)
for field in pairs(fields_of(KEYS[2])) do
  if covers_place(field) then changed[field] = false end
end
even_if_full(KEYS[2])
write(KEYS[2], changed, ends_at, now)
for field in pairs(fields_of(KEYS[3])) do
  if covers_place(field) then redis.call('HDEL', KEYS[3], field) end
end
-- That an approval was consumed is forgotten only with its session or user.
if ARGV[3] == '' then
  local is_any_left = false
  for field, value in pairs(fields_of(KEYS[5])) do
    local session = string.match(field, '^[~=](%x+):') or string.match(value, '^~(%x+):')
    if session and covers(session) then
      redis.call('HDEL', KEYS[5], field)
    else
      is_any_left = is_any_left or field ~= 'order'
    end
  end
  if ARGV[2] == '' or not is_any_left then drop(KEYS[5]) end
end
-- The record that an earlier version leaves has no content.
local function is_kept(record)
  return ARGV[3] ~= '' and string.match(record, '^2|%d+|%d+|%x+|$')
end
for field, record in pairs(fields_of(KEYS[4])) do
  if covers_place(field) and not is_kept(record) then redis.call('HDEL', KEYS[4], field) end
end
local user = user_of(KEYS[1])
for _, send in ipairs(user.sends) do
  -- The send of an approval opens no challenge, because its action is gone.
  if send.state == 'R' and ARGV[4] == '' and covers(send.login, send.scope) then
    send.state = 'V'
    user:put_send(send)
  end
end
local places = {}
for field in pairs(user.fields) do
  if string.sub(field, 1, 2) == 'c:' and covers_place(string.sub(field, 3)) then
    places[#places + 1] = string.sub(field, 3)
  end
end
for _, place in ipairs(places) do user:drop_challenge(place) end
if next(user.changed) then user:save(now) end
return 1
