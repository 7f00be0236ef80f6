-- KEYS: the user, the user's spent challenges, the user's actions if there is an approval. ARGV: time, challenge, session, scope, record up to the
-- time of sending, time of sending, lifetime, rest of the record, number of attempts used, approval or '', digest or ''.
local now = current_time(ARGV[1])
local user = user_of(KEYS[1])
local send = user:reserved_send(ARGV[2])
if not send then return 'over' end
-- The lifetime starts by this clock, because later scripts judge it by this clock. In a test all clocks are one.
local sent_at = ARGV[1] == '' and now or int(ARGV[6], 'argument')
local place, bound = place_of(ARGV[3], ARGV[4], ARGV[10]), ARGV[10] ~= ''
local actions = bound and actions_of(KEYS[3]) or {}
local action = live_action(actions, place, sent_at)
if bound and not (action and action.digest == ARGV[11]) then return 'over' end
send.state = 'O'
user:put_send(send)
user.changed['n:' .. place], user.changed['f:' .. place] = false, false
user.opened_until = sent_at + int(ARGV[7], 'argument')
user.fields['c:' .. place] = nil
user.changed['c:' .. place] = table.concat({ ARGV[5], text(sent_at), text(user.opened_until), ARGV[8] }, '|')
user.changed['a:' .. place] = text(int(ARGV[9], 'argument'))
redis.call('HDEL', KEYS[2], place)
user:save(now)
if bound then let_last(KEYS[3], actions, place, user.opened_until, now) end
return 'opened'
