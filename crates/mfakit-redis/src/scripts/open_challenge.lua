-- KEYS: the user. ARGV: time, challenge, log-in, scope, the record, when the next send may follow, when it expires.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
local _, send = person:send_of(ARGV[2])
if not send or send.state ~= 'R' then return 'over' end
local place = ARGV[3] .. ':' .. ARGV[4]
send.state, send.resend_at = 'O', int(ARGV[6], 'argument')
person:put_send(send)
person.opened_until = int(ARGV[7], 'argument')
person.fields['c:' .. place] = nil
person.changed['c:' .. place], person.changed['a:' .. place] = ARGV[5], '0'
person:save(now)
return 'opened'
