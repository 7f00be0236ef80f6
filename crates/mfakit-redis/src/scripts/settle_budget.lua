-- KEYS: the budget. ARGV: time, what, its arguments.
local now = the_time(ARGV[1])
local ledger = ledger_of(KEYS[1], now)
local function drop_if(goes)
  for field, event in pairs(ledger.events) do
    if goes(field, event) then ledger:drop(field) end
  end
end
if ARGV[2] == 'release' then
  local released = 'e:' .. ARGV[3] .. ':'
  drop_if(function(field) return string.sub(field, 1, #released) == released end)
elseif ARGV[2] == 'complete' then
  local lasts = int(ARGV[5], 'argument')
  -- What was counted may have left its window before the code was entered.
  ledger:remember_until(lasts > 0 and now + lasts or 0)
  if ARGV[4] == '0' then drop_if(function(_, event) return event.number == ARGV[3] end) end
elseif ARGV[2] == 'forget' then
  ledger:remember_until(0)
else
  unreadable('argument')
end
ledger:save(now)
return 1
