-- KEYS: the user's actions. ARGV: time, session, scope, approval or ''. Writes nothing. Returns the places and records of the
-- actions that have not expired.
local now, found = current_time(ARGV[1]), {}
for place, record in pairs(fields_of(KEYS[1])) do
  local session, scope, approval = parts_of(place)
  local is_named = ARGV[4] == '' or ARGV[4] == approval
  if session == ARGV[2] and scope == ARGV[3] and is_named then
    local action = action_in(record)
    if not action.is_consumed and now < action.expires_at then
      found[#found + 1] = place
      found[#found + 1] = record
    end
  end
end
return found
