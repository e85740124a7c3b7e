"""The real services that the tests run against: installed when root, else said in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
NEEDED = {
    "redis-server": lambda: shutil.which("redis-server") is not None,
    "chromium": lambda: shutil.which("chromium") is not None,
    "fonts-noto-cjk": FONT.exists,
}


def main() -> int:
    missing = [package for package, present in NEEDED.items() if not present()]
    if not missing:
        return 0
    install = ["apt-get", "install", "-y", "-qq", *missing]
    if os.geteuid() != 0:
        print(f"The tests need these once: sudo {' '.join(install)}")
        return 1
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
    subprocess.run(install, check=True, env=quiet, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
