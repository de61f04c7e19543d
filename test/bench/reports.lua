-- wrk script: reports of TRACES single-flow traces of 15 hops, each new, over HTTP Basic.
-- DTRACE_TRACES, DTRACE_MEASUREMENT and DTRACE_AUTHORIZATION say how many, of what and who.

local per_report = tonumber(os.getenv("DTRACE_TRACES") or "1")
local measurement = os.getenv("DTRACE_MEASUREMENT")
local path = os.getenv("DTRACE_PATH") or "/api/v1/probe/reports"

local threads = 0
function setup(thread)
  thread:set("seed", threads)
  threads = threads + 1
end

local hops = {}
for ttl = 1, 15 do
  hops[ttl] = string.format(
    '{"ttl":%d,"sent":1,"answers":[{"from":"10.0.%d.1","name":"r%d.example.net","kind":"%s","rtt_us":%%d,"reply_ttl":%d}]}',
    ttl, ttl, ttl, ttl == 15 and "port_unreachable" or "time_exceeded", 64 - ttl)
end
local template = '{"id":"%s-%s-7%03x-8%03x-%012x","probe":"n1","measurement":{"id":"' .. measurement ..
  '","name":"bench"},"target":{"host":"10.0.15.1","address":"10.0.15.1"},"source":"192.0.2.1","method":"udp",' ..
  '"started_at":"%s","took_us":%d,"stop_reason":"completed","packets":{"sent":15,"answered":15},' ..
  '"paths":[{"flow":0,"source_port":24000,"destination_port":33434,"reached":true,"hops":[' ..
  table.concat(hops, ",") .. ']}]}'

local count = 0
function init()
  math.randomseed(os.time() + seed * 1000)
  wrk.method = "POST"
  wrk.headers["Authorization"] = os.getenv("DTRACE_AUTHORIZATION")
  wrk.headers["Content-Type"] = "application/json"
end

local function trace()
  count = count + 1
  local seconds = os.time() - math.random(0, 80000)
  local ms = seconds * 1000
  local high = string.format("%012x", ms)
  local rtts = {}
  for ttl = 1, 15 do rtts[ttl] = ttl * 900 + math.random(0, 60) end
  return string.format(template, high:sub(1, 8), high:sub(9, 12), seed, math.random(0, 4095),
    count * 4096 + math.random(0, 4095), os.date("!%Y-%m-%dT%H:%M:%SZ", seconds),
    14000 + math.random(0, 500), unpack(rtts))
end

function request()
  local traces = {}
  for i = 1, per_report do traces[i] = trace() end
  return wrk.format(nil, path, nil, "[" .. table.concat(traces, ",") .. "]")
end
