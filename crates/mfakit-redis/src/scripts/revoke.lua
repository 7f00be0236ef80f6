-- KEYS: the user, the user's grants, the user's spent challenges. ARGV: time, log-in or '', scope or ''.
local now = the_time(ARGV[1])
local function covers(login, scope)
  return (ARGV[2] == '' or ARGV[2] == login) and (ARGV[3] == '' or ARGV[3] == scope)
end
local function covers_place(place)
  local login, scope = string.match(place, '^(%x+):(.+)$')
  -- What names no log-in and scope is nobody's, and goes too.
  return not login or covers(login, scope)
end

-- The grants go first, and by their names alone: whatever else cannot be read, they are gone.
local changed, ends_at = grants_of(KEYS[2], now)
for field in pairs(fields_of(KEYS[2])) do
  if covers_place(field) then changed[field] = false end
end
write(KEYS[2], changed, ends_at, now)
for field in pairs(fields_of(KEYS[3])) do
  if covers_place(field) then redis.call('HDEL', KEYS[3], field) end
end
local person = person_of(KEYS[1])
for _, send in ipairs(person.sends) do
  if send.state == 'R' and covers(send.login, send.scope) then
    send.state = 'V'
    person:put_send(send)
  end
end
local places = {}
for field in pairs(person.fields) do
  if string.sub(field, 1, 2) == 'c:' and covers_place(string.sub(field, 3)) then
    places[#places + 1] = string.sub(field, 3)
  end
end
for _, place in ipairs(places) do person:drop_challenge(place) end
if next(person.changed) then person:save(now) end
return 1
