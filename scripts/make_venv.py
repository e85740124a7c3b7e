"""Make `.venv`, on a machine that may have Python and nothing else.

Debian keeps `venv` in a package of its own: as root it is installed, otherwise the one
line to run is printed.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

NEEDS = (3, 11)


def main() -> int:
    if sys.version_info < NEEDS:
        print(f"Elian needs Python {NEEDS[0]}.{NEEDS[1]} or newer; this is {sys.version}")
        return 1
    if importlib.util.find_spec("ensurepip") is None:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install = ["apt-get", "install", "-y", "-qq", version]
        if os.geteuid() != 0:
            print(f"Run this once: sudo {' '.join(install)}")
            return 1
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(install, check=True)
    return subprocess.run([sys.executable, "-m", "venv", ".venv"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
