"""twitter-api-v2: node does the checks, and prints a line of JSON for each."""

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

from masthead import OTHER_PHOTO, PHOTO, ROOT, SIZES


def run(masthead, report):
    region = dict(width=450, height=150, offset_left=60, offset_top=120)

    def files(**region):
        # Where they lie: node compares them itself.
        masthead.render(PHOTO, **region)
        options = [f"--{name.replace('_', '-')}={value}" for name, value in region.items()]
        return str(masthead.folder / f"rendered-{list(masthead.rendered).index((PHOTO, *options))}")

    settings = {
        "photo": str(PHOTO),
        "other": str(OTHER_PHOTO),
        "no_image": str(ROOT / "README.md"),
        "sizes": SIZES,
        "region": region,
        "expected": files(),
        "expected_region": files(**region),
        "servers": {
            name: {"url": server.url, "users": [asdict(server.add_user()) for _ in range(2)]}
            for name, server in [
                ("plenty", masthead.server()),
                ("strict", masthead.strict()),
                ("patient", masthead.patient()),
            ]
        },
    }
    # Beside its packages, or it does not find them.
    script = masthead.folder / "node/check.js"
    shutil.copyfile(Path(__file__).with_name("check.js"), script)
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(masthead.folder / "ca.pem")}
    # Warnings: the library leaves the files open that it is given by name.
    command = ["node", "--no-warnings", script]
    node = subprocess.run(
        command, input=json.dumps(settings), env=environment, stdout=subprocess.PIPE, text=True, timeout=300
    )
    for line in node.stdout.splitlines():
        result = json.loads(line)
        report.add("twitter-api-v2", result["name"], result["failure"])
    if node.returncode != 0 or not node.stdout:
        report.add("twitter-api-v2", "all checks", f"node ended with {node.returncode}")
