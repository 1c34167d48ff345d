"""Run by `helm test`: the app as its own pods see it."""

import json
import os
import sys
import time
import urllib.error
import urllib.request

FRONTEND, BACKEND = os.environ["FRONTEND_URL"], os.environ["BACKEND_URL"]


def get(url: str, tries: int = 10) -> object:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"{url} answered {error.code}: {error.read(500).decode(errors='replace')}")
    except OSError as error:
        # A new pod's address is known to the network policies of other nodes a moment after it starts.
        if tries > 1:
            time.sleep(1)
            return get(url, tries - 1)
        sys.exit(f"{url} did not answer: {error}")


def check(what: str, passed: bool, seen: object) -> None:
    print("passed" if passed else "FAILED", what, json.dumps(seen), flush=True)
    if not passed:
        sys.exit(1)


seen = get(f"{BACKEND}/api/health")
check("the backend reaches its database", seen == {"status": "database connected"}, seen)
seen = get(f"{BACKEND}/api/todos?size=1")
check("todos can be read", isinstance(seen, dict) and seen.get("size") == 1, seen)
seen = get(f"{FRONTEND}/version")
check("the frontend reaches the backend", isinstance(seen, dict) and bool(seen.get("backend")), seen)
