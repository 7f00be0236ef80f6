-- KEYS: the user. ARGV: time, challenge.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
for at = #person.sends, 1, -1 do
  local send = person.sends[at]
  if send.challenge == ARGV[2] and send.state ~= 'O' then person:drop_send(at) end
end
if next(person.changed) then person:save(now) end
return 1
