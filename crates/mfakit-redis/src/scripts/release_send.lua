-- KEYS: the user. ARGV: time, challenge.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
local at, send = person:send_of(ARGV[2])
if not send or send.state == 'O' then return 0 end
person:drop_send(at)
person:save(now)
return 1
