"""Proposes where in each word the look begins to search, and which words share a bucket: for `python/look/seeds.rs`.

    python tests/bench/seeds.py [FOLDER] [--steps 2000] [--random 1]

Reads the words as they are, counts every four bytes in a sample of the Python files of a folder (target/corpus), and tries
changes that leave fewer places where the search would stop. Prints the lines of `WORDS` and how many such places there are
in a million bytes, before and after. `scan.py` tells what that is worth; nothing but time depends on it.
"""
import argparse
import ast
import collections
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SEEDS = ROOT / "crates/engine/src/python/look/seeds.rs"
BUCKETS = 16
MASK = 4
# What is rarer in the sample does not count.
LEAST = 3


def words(list_name):
    """The lines of a list in the source, each with its words and where their seeds begin."""
    body = re.search(rf"const {list_name}: .*? = (\[.*?\]);", SEEDS.read_text(), re.S).group(1)
    pairs = [re.findall(r'\(("(?:[^"\\]|\\.)*"), (\d+)\)', line) for line in body.splitlines()]
    return [[(ast.literal_eval(word), int(start)) for word, start in line] for line in pairs if line]


def sample(folder, size=8_000_000):
    """How often each four bytes stand in some of the files."""
    files = sorted(folder.rglob("*.py"))
    step = max(1, sum(file.stat().st_size for file in files) // size)
    counts, total = collections.Counter(), 0
    for file in files[::step]:
        text = file.read_bytes()
        total += len(text)
        counts.update(text[at:at + MASK] for at in range(len(text) - MASK + 1))
    return [(gram, count) for gram, count in counts.items() if count >= LEAST], total


class Cost:
    def __init__(self, grams):
        self.grams, self.known = grams, {}

    def of_bucket(self, seeds):
        """Where a bucket stops the search: at each byte it takes any low half that one of its seeds has, and any high."""
        key = tuple(sorted(seeds))
        if key not in self.known:
            taken = []
            for at in range(MASK):
                low, high = {seed[at] & 15 for seed in key}, {seed[at] >> 4 for seed in key}
                taken.append({byte for byte in range(256) if byte & 15 in low and byte >> 4 in high})
            one, two, three, four = taken
            stops = sum(count for gram, count in self.grams
                        if gram[0] in one and gram[1] in two and gram[2] in three and gram[3] in four)
            # Each seed of the bucket is then compared.
            self.known[key] = stops * (2 + len(key))
        return self.known[key]

    def of(self, lines):
        """The cost of lines of words; seeds with equal low halves get into the bucket of the first, as in the library."""
        buckets, homes, number = collections.defaultdict(list), {}, 0
        for row in range(max(map(len, lines))):
            for line in lines:
                if row < len(line):
                    word, start = line[row]
                    seed = word.encode()[start:start + MASK]
                    home = homes.setdefault(bytes(byte & 15 for byte in seed), number % BUCKETS)
                    buckets[home].append(seed)
                    number += 1
        return sum(self.of_bucket(seeds) for seeds in buckets.values())


def is_allowed(lines):
    """Whether no seed is a part of another, and all are long enough."""
    seeds = [word[start:] for line in lines for word, start in line]
    return all(len(one) >= MASK for one in seeds) and not any(
        one in other for one in seeds for other in seeds if one is not other)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=ROOT / "target" / "corpus")
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--random", type=int, default=1)
    chosen = parser.parse_args()
    dice = random.Random(chosen.random)
    lines = words("WORDS")
    twins = {word.lower() for line in words("TWINS") for word, _ in line}
    grams, total = sample(chosen.folder)
    cost = Cost(grams)
    first = best = cost.of(lines)
    for _ in range(chosen.steps):
        tried = [list(line) for line in lines]
        one = dice.choice(tried)
        at = dice.randrange(len(one))
        word, _ = one[at]
        if dice.random() < 0.3:
            if word.lower() in twins or len(word) == MASK:
                continue
            one[at] = (word, dice.randrange(len(word) - MASK + 1))
        else:
            other = dice.choice(tried)
            there = dice.randrange(len(other))
            one[at], other[there] = other[there], one[at]
        if is_allowed(tried) and (now := cost.of(tried)) <= best:
            lines, best = tried, now
    for line in lines:
        print("    &[" + ", ".join('("{}", {})'.format(word.replace('"', '\\"'), start) for word, start in line) + "],")
    print(f"// {first * 1_000_000 // total:,} before, {best * 1_000_000 // total:,} now")


if __name__ == "__main__":
    main()
