-- For wrk: asks for the lines of the file $PATHS in turn, each thread from another one on.
local paths, at, threads = {}, 0, 0

function setup(thread)
    thread:set("first", threads * 251)
    threads = threads + 1
end

function init()
    for line in io.lines(os.getenv("PATHS")) do
        paths[#paths + 1] = line
    end
    at = first
end

function request()
    at = at % #paths + 1
    return wrk.format("GET", paths[at])
end
