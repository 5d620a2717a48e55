"""Is everybody there?"""

from stack.demo.journey import Journey
from stack.demo.step import Chapter, Step


def _ask_all(journey: Journey) -> str:
    dependencies: set[str] = set()
    for service in journey.services.all():
        dependencies |= set(service.get("/ready")["checks"])
    return f"{len(journey.services.all())} services and the {len(dependencies)} things that they need answer"


CHAPTER = Chapter("Is everybody there?", (Step("Ask every service whether it is ready", _ask_all),))
