-- KEYS: the budget. ARGV: time, limits. Writes nothing. Gives the time at which there is room again, or nothing.
local now = the_time(ARGV[1])
local retry_at = ledger_of(KEYS[1], now):next_at(limits_of(ARGV[2]), now)
return now < retry_at and text(retry_at)
