-- Kept actions of one user, in a separate hash, because they are large and few scripts read them:
--
--   ~{session}:{scope}:{approval}   2|kept at|expires at|digest|content: the scripts do not read the content. It is
--                                   empty if an earlier version consumed the grant, at the time of keeping
--
-- An action lasts at least as long as its challenge and its grant, so only expired ones have neither.

local function action_in(record)
  local part = split(record, 5, 'action')
  if part[1] ~= '2' then unreadable('version') end
  if not string.match(part[4], '^%x+$') then unreadable('action') end
  return {
    kept_at = int(part[2], 'action'), expires_at = int(part[3], 'action'), digest = part[4], content = part[5],
    is_consumed = part[5] == '',
  }
end

local function record_of(action)
  return table.concat({ '2', text(action.kept_at), text(action.expires_at), action.digest, action.content }, '|')
end

-- Returns all actions by their places, expired or not.
local function actions_of(key)
  local actions = {}
  for place, record in pairs(fields_of(key)) do actions[place] = action_in(record) end
  return actions
end

-- Returns the action of a place, unless it has expired.
local function live_action(actions, place, now)
  local action = actions[place]
  return action and not action.is_consumed and now < action.expires_at and action or nil
end

-- Returns the digest of the action of an approval: '' if there is no approval, nothing if its action is gone.
local function digest_at(key, place, approval, now)
  if approval == '' then return '' end
  local record = redis.call('HGET', key, place)
  local action = record and action_in(record)
  return action and not action.is_consumed and now < action.expires_at and action.digest or nil
end

-- Lets an action last at least until a time.
local function let_last(key, actions, place, ends_at, now)
  if actions[place].expires_at >= ends_at then return end
  actions[place].expires_at = ends_at
  local changed = { [place] = record_of(actions[place]) }
  for of, action in pairs(actions) do
    if now >= action.expires_at then changed[of] = false end
    ends_at = math.max(ends_at, action.expires_at)
  end
  write(key, changed, ends_at, now)
end
