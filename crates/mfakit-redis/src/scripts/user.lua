-- Everything about one user except the grants, in one hash:
--
--   v                       version of the hash, 1
--   failures                count|era|last at|lock|forgotten at. The lock is 'open', 'disabled' or a time. The field
--                           always exists, so that a count that was deleted is not read as 0.
--   s:{challenge}:{number}  at|resend at|keep until|R, V or O|0 or 1|session|scope: a send that is reserved, void or
--                           opened, and whether the user has redeemed a challenge since
--   c:{place}               1|challenge|number|attempts|sent at|expires at|… : a challenge, as it was opened. The digest of
--                           a bound one is in the record of its action
--   a:{place}               number of attempts on it
--   n:{place}               number of attempts on it that were released, if there are any. Together with the attempts on it,
--                           it numbers the next one, so that no number is used again
--   f:{place}               number:proof,…: attempts on it that were counted and are not settled

local User = {}
User.__index = User

local function user_of(key)
  local fields = fields_of(key)
  if next(fields) and fields.v ~= '1' then unreadable('version') end
  if next(fields) and not fields.failures then unreadable('failures') end
  local self = setmetatable({ key = key, fields = fields, changed = {}, sends = {} }, User)
  if fields.failures then
    local part = split(fields.failures, 5, 'failures')
    self.count, self.era, self.last_at = int(part[1], 'failures'), int(part[2], 'failures'), int(part[3], 'failures')
    self.lock, self.forget_at = part[4], int(part[5], 'failures')
    if self.lock ~= 'open' and self.lock ~= 'disabled' then int(self.lock, 'lock') end
  else
    self.count, self.era, self.last_at, self.lock, self.forget_at = 0, 0, 0, 'open', 0
  end
  for field, value in pairs(fields) do
    local kind = string.sub(field, 1, 2)
    if kind == 's:' then
      local part = split(value, 7, 'send')
      local send = {
        field = field, challenge = string.match(field, '^s:(%x+):%d+$'),
        at = int(part[1], 'send'), resend_at = int(part[2], 'send'), keep_until = int(part[3], 'send'),
        state = part[4], succeeded = part[5] == '1', login = part[6], scope = part[7],
      }
      if not string.match(send.state, '^[RVO]$') or not string.match(part[5], '^[01]$') then unreadable('send') end
      self.sends[#self.sends + 1] = send
    elseif kind == 'c:' then
      self:challenge_of(string.sub(field, 3))
    end
  end
  table.sort(self.sends, function(one, other) return one.at < other.at end)
  return self
end

-- Returns the current lock: 'open', 'disabled', or the time at which it ends.
function User:lock_now(now)
  if self.lock ~= 'open' and self.lock ~= 'disabled' and now >= tonumber(self.lock) then return 'open' end
  return self.lock
end

-- Returns the number of failures that are remembered.
function User:failures_now(now)
  local forgotten = self.lock ~= 'disabled' and now >= self.forget_at
  return forgotten and 0 or self.count
end

function User:put_failures()
  self.changed.failures = table.concat(
    { text(self.count), text(self.era), text(self.last_at), self.lock, text(self.forget_at) }, '|')
end

function User:clear_failures()
  self.count, self.era, self.last_at, self.lock, self.forget_at = 0, self.era + 1, 0, 'open', 0
  self:put_failures()
end

function User:put_send(send)
  self.changed[send.field] = table.concat({
    text(send.at), text(send.resend_at), text(send.keep_until), send.state, send.succeeded and '1' or '0',
    send.login, send.scope,
  }, '|')
end

function User:drop_send(at)
  self.changed[self.sends[at].field] = false
  table.remove(self.sends, at)
end

-- Maximum time that a send may be in flight, in milliseconds.
local MAX_SEND_TIME = 60000

-- Removes sends that no longer count. A send in flight is kept even if no rule counts it, so that its challenge can be
-- opened.
function User:forget_sends(now)
  for at = #self.sends, 1, -1 do
    local send = self.sends[at]
    local in_flight = send.state ~= 'O' and now < send.at + MAX_SEND_TIME
    if now >= send.keep_until and not in_flight then self:drop_send(at) end
  end
end

function User:reserved_send(challenge)
  for _, send in ipairs(self.sends) do
    if send.challenge == challenge and send.state == 'R' then return send end
  end
end

local function challenge_in(record, used)
  local part = split(record, 7, 'challenge')
  if part[1] ~= '1' then unreadable('version') end
  return {
    record = record, used = int(used, 'attempts'), id = part[2], number = part[3],
    attempts = int(part[4], 'challenge'), sent_at = int(part[5], 'challenge'), expires_at = int(part[6], 'challenge'),
  }
end

-- Returns the challenge of a place, over or not. A challenge without its counter was tampered with, and is
-- over.
function User:challenge_of(place)
  local record, used = self.fields['c:' .. place], self.fields['a:' .. place]
  if not record or not used then return nil end
  return challenge_in(record, used)
end

-- Returns the number of attempts on a challenge that were released.
function User:returned(place)
  local returned = self.fields['n:' .. place]
  return returned and int(returned, 'attempts') or 0
end

-- Settles an attempt. Returns whether another unsettled attempt has one of the proofs. The answer only makes the caller
-- ask again, so entries that cannot be read are skipped.
function User:settle(place, number, proofs)
  local left, pending = {}, false
  for of, proof in string.gmatch(self.fields['f:' .. place] or '', '(%d+):(%x+)') do
    if of ~= number then
      left[#left + 1] = of .. ':' .. proof
      pending = pending or lists(proofs, proof)
    end
  end
  local after = #left > 0 and table.concat(left, ',')
  if after ~= (self.fields['f:' .. place] or false) then self.changed['f:' .. place] = after end
  return pending
end

-- Returns whether a code can still be attempted on a challenge.
local function is_live(challenge, now)
  return now < challenge.expires_at and challenge.sent_at <= now + 60000 and challenge.used < challenge.attempts
end

function User:drop_challenge(place)
  for _, kind in ipairs({ 'c:', 'a:', 'n:', 'f:' }) do self.changed[kind .. place] = false end
  self.fields['c:' .. place] = nil
end

-- Returns whether the record equals a new one, so that it need not be kept.
function User:is_blank()
  if self.opened_until or #self.sends > 0 then return false end
  for field in pairs(self.fields) do
    if string.sub(field, 1, 2) == 'c:' then return false end
  end
  return self.count == 0 and self.era == 0 and self.lock == 'open' and self.forget_at == 0
end

function User:save(now)
  -- A count of failures may keep the key for weeks after its last send.
  self:forget_sends(now)
  local ends_at = self.forget_at
  for _, send in ipairs(self.sends) do ends_at = math.max(ends_at, send.keep_until) end
  for field in pairs(self.fields) do
    if string.sub(field, 1, 2) == 'c:' then
      local challenge = self:challenge_of(string.sub(field, 3))
      if challenge and now < challenge.expires_at then
        ends_at = math.max(ends_at, challenge.expires_at)
      else
        self:drop_challenge(string.sub(field, 3))
      end
    end
  end
  if self:is_blank() then
    drop(self.key)
    return
  end
  if self.opened_until then ends_at = math.max(ends_at, self.opened_until) end
  if self.lock == 'disabled' then ends_at = 'never' end
  if not self.fields.failures and not self.changed.failures then self:put_failures() end
  if not self.fields.v then self.changed.v = '1' end
  write(self.key, self.changed, ends_at, now)
end
