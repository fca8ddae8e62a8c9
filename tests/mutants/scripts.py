"""Every mistake that a script may hold: what it says, and what it would say."""

from tests.mutants.mutant import Mutant

STALE = "if version ~= expected then return {'stale', version} end"

EVENTS = (
    Mutant(
        "no dedup",
        (("if seen then\n", "if false then\n"),),
        tests=("test_admit.py",),
    ),
    Mutant(
        "the same id with other bytes is accepted",
        (("  return {'conflict', seen}\nend", "end"),),
        tests=("test_admit.py",),
    ),
    Mutant(
        "admit does not compare and set",
        ((f"'version') or 0)\n{STALE}", "'version') or 0)"),),
        tests=("test_admit.py",),
    ),
    Mutant(
        "the stream is trimmed below the last acknowledged entry",
        (("if pending[1] > 0 then return pending[2] end", ""),),
        tests=("test_trimming.py",),
    ),
)

WATCHES = (
    Mutant(
        "advance does not compare and set",
        ((f"tonumber(item[1])\n{STALE}", "tonumber(item[1])"),),
        tests=("test_advance.py",),
    ),
    Mutant(
        "look_again is ignored",
        (("if item[6] then\n    make_due(", "if false then\n    make_due("),),
        model="look_again is ignored",
        tests=("test_advance.py", "test_look_again.py"),
    ),
    Mutant(
        "a watch's end wins over look_again",
        (
            (
                "if item[6] then\n    make_due(",
                "if item[6] and ARGV[6] ~= '-1' then\n    make_due(",
            ),
        ),
        model="a watch's end wins over look_again",
        tests=("test_look_again.py",),
    ),
    Mutant(
        "a failed look wins over look_again",
        (("elseif item[8] then", "elseif false then"),),
        model="a failed look wins over look_again",
        tests=("test_look_again.py",),
    ),
    Mutant(
        "what lost its workers dies although an event came",
        (("  if item[7] then\n", "  if false then\n"),),
        model="what lost its workers dies although an event came",
        tests=("test_look_again.py",),
    ),
    Mutant(
        "a cancelled order is revived by an event",
        (("state and state ~= 'ended')", "state)"),),
        tests=("test_admit.py", "test_advance.py"),
    ),
    Mutant(
        "a cancelled order is revived by the look under way",
        (
            (
                "if item[2] == 'sending' and item[3] == ARGV[2] and item[4] == ARGV[3]",
                "if true",
            ),
        ),
        tests=("test_advance.py",),
    ),
    Mutant(
        "a watch ends where it stands",
        (("take_out(ref, item[2])\n  redis.call('HINCRBY'", "redis.call('HINCRBY'"),),
        tests=("test_advance.py",),
    ),
)

CLAIMS = (
    Mutant(
        "a fence does not rise",
        (
            (
                "return redis.call('HINCRBY', ROOT .. ref, 'fence', 1)",
                "return redis.call('HGET', ROOT .. ref, 'fence') or 0",
            ),
        ),
        model="a claim raises no fence",
        tests=("test_claim.py", "test_settle_late.py"),
    ),
    Mutant(
        "tries are counted at claim",
        (
            ("redis.call('HINCRBY', ROOT .. ref, 'tries', 1)", ""),
            (
                "redis.call('HSET', ROOT .. ref, 'state', 'leased')",
                (
                    "redis.call('HSET', ROOT .. ref, 'state', 'leased')\n"
                    "  redis.call('HINCRBY', ROOT .. ref, 'tries', 1)"
                ),
            ),
        ),
        tests=("test_begin.py", "test_claim.py"),
    ),
    Mutant(
        "an ambiguous end is not counted",
        (("    count_ambiguous('worker')\n", ""),),
        model="an ambiguous end is not counted",
        tests=("test_claim.py",),
    ),
    Mutant(
        "what is leased stays due",
        (
            (
                (
                    "redis.call('ZREM', due_key(destination), ref)\n"
                    "  redis.call('ZADD', leased_key(destination), NOW + lease, ref)"
                ),
                "redis.call('ZADD', leased_key(destination), NOW + lease, ref)",
            ),
        ),
        tests=("test_claim.py",),
    ),
    Mutant(
        "what is due stays leased",
        (
            (
                (
                    "redis.call('ZREM', leased_key(destination), ref)\n"
                    "  redis.call('ZADD', due_key(destination), at, ref)"
                ),
                "redis.call('ZADD', due_key(destination), at, ref)",
            ),
        ),
        tests=("test_settle.py", "test_park.py"),
    ),
    Mutant(
        "what has begun is handed back",
        (("item[1] == 'leased' and item[2]", "item[2]"),),
        tests=("test_park.py",),
    ),
    Mutant(
        "a closed gate lets calls go",
        (("if closed_until > NOW then", "if false then"),),
        tests=("test_gates.py",),
    ),
)

TRIES = (
    Mutant(
        "begin is not one-shot",
        (("return item[3] == run and 'go' or 'no'", "return 'go'"),),
        model="begin is not one-shot",
        tests=("test_begin.py",),
    ),
    Mutant(
        "any fence may begin",
        (("if item[2] ~= fence then return 'no' end", ""),),
        tests=("test_begin.py",),
    ),
    Mutant(
        "tries are never counted",
        (("redis.call('HINCRBY', ROOT .. ref, 'tries', 1)", ""),),
        model="no try is counted",
        tests=("test_begin.py",),
    ),
    Mutant(
        "tries have no end",
        (("if tonumber(item[4] or 0) >= most then", "if false then"),),
        tests=("test_begin.py",),
    ),
    Mutant(
        "any fence may fail",
        (
            (
                "if item[2] ~= ARGV[2] or item[3] ~= ARGV[3] then return 'fenced' end",
                "",
            ),
        ),
        model="any fence may fail",
        tests=("test_settle_late.py",),
    ),
    Mutant(
        "the fence is asked before a success",
        (
            (
                "if verdict == 'done' then",
                (
                    "if verdict == 'done' and item[2] == ARGV[2] "
                    "and item[3] == ARGV[3] then"
                ),
            ),
        ),
        model="the fence is asked before a success",
        tests=("test_settle_late.py",),
    ),
    Mutant(
        "a report counts twice",
        (("if state ~= 'sending' then return state end", ""),),
        tests=("test_settle.py", "test_settle_late.py"),
    ),
)

LANES = (
    Mutant(
        "a late success pops the lane's head",
        (("redis.call('LREM', lane, 1, ref)", "redis.call('LPOP', lane)"),),
        model="an end pops the lane's head",
        tests=("test_settle_late.py", "test_supersede.py"),
    ),
    Mutant(
        "the lane is popped at the first failure",
        (
            (
                "make_due(ref, item[4], NOW + tonumber(ARGV[5]))",
                (
                    "make_due(ref, item[4], NOW + tonumber(ARGV[5]))\n"
                    "  if order then leave_lane(ref, order, item[4]) end"
                ),
            ),
        ),
        model="the lane is popped at the first failure",
        tests=("test_settle.py",),
    ),
    Mutant(
        "a lane's tail goes too",
        (("ref) > 1 then return nil end", "ref) > 99 then end"),),
        tests=("test_settle.py", "test_direct.py"),
    ),
    Mutant(
        "a lane's next is forgotten",
        (("if head then make_due(head, destination, NOW) end", ""),),
        model="the lane's next is forgotten",
        tests=("test_settle.py",),
    ),
    Mutant(
        "a lane is left from anywhere",
        (("if not was_head then return end", ""),),
        tests=("test_settle_late.py", "test_supersede.py"),
    ),
    Mutant(
        "a dead letter stays in its lane",
        (("if item[2] then leave_lane(ref, item[2], item[1]) end", ""),),
        tests=("test_settle.py",),
    ),
    Mutant(
        "what has ended stays leased",
        (
            (
                (
                    "redis.call('ZREM', leased_key(destination), ref)\n"
                    "  redis.call('ZREM', DEAD, ref)"
                ),
                "redis.call('ZREM', DEAD, ref)",
            ),
        ),
        tests=("test_settle.py",),
    ),
)

REPLAYS = (
    Mutant(
        "replay does not compare and set",
        (("if item[1] ~= 'dead' then return 'not_dead' end", ""),),
        model="replay does not compare and set",
        tests=("test_replay.py",),
    ),
    Mutant(
        "a replay goes to the lane's head",
        (
            (
                "redis.call('RPUSH', lane_key(order, destination), ref) == 1",
                "redis.call('LPUSH', lane_key(order, destination), ref) == 1",
            ),
        ),
        tests=("test_replay.py",),
    ),
    Mutant(
        "a replayed letter stays dead",
        (
            (
                "redis.call('ZREM', DEAD, ref)\nredis.call('HDEL', ROOT .. ref, 'why'",
                "redis.call('HDEL', ROOT .. ref, 'why'",
            ),
        ),
        tests=("test_replay.py",),
    ),
)

IN_SCRIPTS = (*EVENTS, *WATCHES, *CLAIMS, *TRIES, *LANES, *REPLAYS)
