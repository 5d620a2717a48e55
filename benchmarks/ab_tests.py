"""How often a rule names a winner in made-up A/B tests when one looks after every 50 requests.

    python benchmarks/ab_tests.py [--tests 2000] [--requests 5000]

Prints a Markdown table: tests without a difference, where a winner is an error, and with one, how often it is
found and after how many requests of both arms together. The verdict's own sequence stands beside the
z-test that is made for one look.
"""

import argparse

from ml_model.serving.simulation import (
    Traffic,
    fixed_size_winners,
    look,
    requests_until,
    sequence_winners,
    share_ever,
)
from ml_model.serving.verdict import Rules

SEED = 42
EQUAL = [(0.5, 0.5), (0.8, 0.8), (0.9, 0.9), (0.97, 0.97)]
DIFFERENT = [(0.8, 0.9), (0.8, 0.85), (0.94, 0.97)]
SHARES = (50, 10)


def main() -> None:
    """Run the simulations and print what came of them."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--tests", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=5_000)
    asked = parser.parse_args()
    print("| control | challenger | its share | a winner, sequence | a winner, z-test | found after |")
    print("| --- | --- | --- | --- | --- | --- |")
    for accuracies in EQUAL + DIFFERENT:
        for share in SHARES:
            print(line(Traffic(accuracies, share=share, requests=asked.requests), asked.tests))


def line(traffic: Traffic, tests: int) -> str:
    """Return one line of the table."""
    seen = look(traffic, tests, SEED)
    winners, naive = sequence_winners(seen, Rules()), fixed_size_winners(seen, Rules())
    control, challenger = traffic.accuracies
    differs = control != challenger
    after = f"{requests_until(winners, traffic):.0f} requests" if differs else "(an error)"
    return (
        f"| {control:.0%} | {challenger:.0%} | {traffic.share:g} % | {share_ever(winners):.1%} | "
        f"{share_ever(naive):.1%} | {after} |"
    )


if __name__ == "__main__":
    main()
