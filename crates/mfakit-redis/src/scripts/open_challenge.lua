-- KEYS: the user, the user's spent challenges. ARGV: time, challenge, log-in, scope, the record up to the time of sending, when it was sent, how long
-- it lives, the rest of the record, how many codes were tried.
local now = the_time(ARGV[1])
local person = person_of(KEYS[1])
local send = person:reserved_send(ARGV[2])
if not send then return 'over' end
local place = ARGV[3] .. ':' .. ARGV[4]
send.state = 'O'
person:put_send(send)
person.changed['f:' .. place] = false
-- Its life is counted by this clock, as everything is that is asked of it later; in a test all clocks are one.
local sent_at = ARGV[1] == '' and now or int(ARGV[6], 'argument')
person.opened_until = sent_at + int(ARGV[7], 'argument')
person.fields['c:' .. place] = nil
person.changed['c:' .. place] = table.concat({ ARGV[5], text(sent_at), text(person.opened_until), ARGV[8] }, '|')
person.changed['a:' .. place] = text(int(ARGV[9], 'argument'))
redis.call('HDEL', KEYS[2], place)
person:save(now)
return 'opened'
