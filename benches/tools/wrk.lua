-- Sends the requests of a file in turn, and prints what came of it as JSON. Environment: REQUESTS, the file.
local requests = {}
local at = 0

function init()
  local file = assert(io.open(os.getenv("REQUESTS"), "rb"))
  for request in string.gmatch(file:read("*a"), "[^%z]+") do requests[#requests + 1] = request end
  file:close()
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answered": %d, "wrong": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
