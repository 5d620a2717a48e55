"""Play the guide from a container: `python -m stack.demo URLS SHOWN`, both JSON objects by part."""

import json
import sys

from rich.console import Console

from stack.demo.play import play

if __name__ == "__main__":
    sys.exit(play(json.loads(sys.argv[1]), Console(highlight=False), shown=json.loads(sys.argv[2])))
