-- KEYS: the budget. ARGV: time, challenge, number, limits, how long an event is kept. Writes nothing if it rejects.
local now = the_time(ARGV[1])
local limits, keep = limits_of(ARGV[4]), int(ARGV[5], 'argument')
local ledger = ledger_of(KEYS[1], now)
local completed = ledger.done > 0 and '1' or '0'
local retry_at = ledger:next_at(limits, now)
if now < retry_at then return { 'exhausted', text(retry_at), completed } end
ledger:count(ARGV[2], { at = now, keep_until = now + keep, number = ARGV[3] })
ledger:save(now)
return { 'reserved', text(ledger:next_at(limits, now)), completed }
