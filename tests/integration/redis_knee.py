"""What a Redis of some size costs, under the load of redis_load.py."""
import math

from redis_load import VALUE, Client, command, weights

MIB = 1 << 20
ITEMS = 20000


class Storage:
    """What a Redis takes for one item, and for none: of an empty one, which it
    leaves empty."""

    def __init__(self, redis):
        self.base_bytes = redis.info("used_memory")
        with Client(redis.port) as client:
            for i in range(ITEMS):
                client.ask([command(b"SET", b"a%d" % i, VALUE)])
        filled = redis.info("used_memory")
        self.item_bytes = (filled - self.base_bytes) / ITEMS
        redis.ask("FLUSHALL")

    def items(self, size_mib):
        return max(0, size_mib * MIB - self.base_bytes) / self.item_bytes


def grouped(law):
    """@returns pairs of a probability and of how many keys have about that: as
    many as are within a fiftieth of the rank."""
    total, result, first = sum(law), [], 0
    while first < len(law):
        group = law[first:first + max(1, first // 50)]
        result.append((sum(group) / len(group) / total, len(group)))
        first += len(group)
    return result


def hit_ratio(law, items):
    """Of an LRU cache with room for so many items, by the approximation of Che
    et al. (2002): a key asked for with probability p is there with probability
    1 - exp(-p t), where t is such that as many are there as fit.
    @param law as `grouped` returns it."""
    if items >= sum(n for _, n in law):
        return 1
    low, high = 0, math.log(1e15)
    for _ in range(40):
        t = math.exp((low + high) / 2)
        if sum(n * -math.expm1(-p * t) for p, n in law) < items:
            low = math.log(t)
        else:
            high = math.log(t)
    return sum(n * p * -math.expm1(-p * t) for p, n in law)


class Knee:
    """Cost in busy workers, by the objective of the tuner: the work of misses,
    and memory at its price."""

    def __init__(self, storage, keys, exponent, slo, rate_per_s):
        law = grouped(weights(keys, exponent))
        memory = slo["memory_workers_per_gib"] / 1024
        work = rate_per_s * slo["cache_miss_ms"] / 1000
        self.cost = lambda size_mib: memory * size_mib + work * (
            1 - hit_ratio(law, storage.items(size_mib)))
        self.least = min(self.cost(4 * 1.05 ** i) for i in range(71))

    def ratio(self, size_mib):
        """Cost divided by the least there is from 4 to 122 MiB."""
        return self.cost(size_mib) / self.least
