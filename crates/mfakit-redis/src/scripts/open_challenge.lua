-- KEYS: the user. ARGV: time, challenge, log-in, scope, the record up to the time of sending, how long it lives, the
-- rest of the record, when the next send may follow.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
local _, send = person:send_of(ARGV[2])
if not send or send.state ~= 'R' then return 'over' end
local place = ARGV[3] .. ':' .. ARGV[4]
send.state, send.resend_at = 'O', int(ARGV[8], 'argument')
person:put_send(send)
-- Its life is counted by this clock, as everything is that is asked of it later.
person.opened_until = now + int(ARGV[6], 'argument')
person.fields['c:' .. place] = nil
person.changed['c:' .. place] = table.concat({ ARGV[5], text(now), text(person.opened_until), ARGV[7] }, '|')
person.changed['a:' .. place] = '0'
person:save(now)
return 'opened'
