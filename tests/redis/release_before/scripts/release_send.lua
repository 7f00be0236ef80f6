-- KEYS: the user. ARGV: time, challenge.
local now = current_time(ARGV[1])
local user = user_of(KEYS[1])
for at = #user.sends, 1, -1 do
  local send = user.sends[at]
  if send.challenge == ARGV[2] and send.state ~= 'O' then user:drop_send(at) end
end
even_if_full(KEYS[1])
if next(user.changed) then user:save(now) end
return 1
